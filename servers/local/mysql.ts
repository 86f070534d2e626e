/** MySQL from the PATH or the Debian archive (of Debian's suites only sid has it). */

import { join } from "node:path";
import { loadPackage } from "../optional-package.ts";
import { debian, onPath, prefixed } from "./places.ts";
import { type Executable, most_connections, type Recipe } from "./recipe.ts";

export const mysql_packages = {
  what: "MySQL",
  suite: "sid",
  package: "mysql-server-core",
  without: ["perl"],
} as const;

const root = "root@'127.0.0.1'";
export const secret_file = "secret.sql";

export const mysql: Recipe = {
  kind: "mysql",
  product: "MySQL",
  end: "KILL",
  places: [
    onPath({
      program: "mysqld",
      product: "MySQL",
      version: (said) =>
        /MariaDB/i.test(said) ? undefined : /Ver ((8\.4|9\.\d+|\d\d\.\d+)\.\d+)/.exec(said)?.[1],
    }),
    debian(mysql_packages, prefixed("usr/sbin/mysqld")),
  ],

  async initialise(program, home, data) {
    const options = [
      "--initialize-insecure",
      `--datadir=${data}`,
      // Host names are not looked up, so the account must be that of the address.
      `--init-file=${await home.write("account.sql", `RENAME USER root@localhost TO ${root};\n`)}`,
    ];
    await home.finish([...program.command, ...common(program), ...fast, ...options]);
  },

  /** The server reads this file before anybody can connect. */
  async configure({ home, secret }) {
    await home.write(secret_file, `ALTER USER ${root} IDENTIFIED BY '${secret}';\n`);
  },

  arguments: ({ home, program, data, port, settings }) => [
    ...common(program),
    `--init-file=${join(home.folder, secret_file)}`,
    `--datadir=${data}`,
    "--bind-address=127.0.0.1",
    `--port=${port}`,
    "--socket=mysql.sock",
    "--pid-file=mysqld.pid",
    ...(settings === "fast" ? fast : []),
  ],
  url: (port, secret) => `mysql://root:${secret}@127.0.0.1:${port}`,
  identity: ({ data }) => data,

  /** The first log-in asks for a key to encrypt the password, which the server then knows: later ones need no key. */
  async ask(url) {
    const { createConnection } = await loadPackage("mysql2", () => import("mysql2/promise"));
    const connection = await createConnection({ uri: url, connectTimeout: 2000 });
    try {
      const [rows] = await connection.query({
        sql: "SELECT @@datadir AS folder",
        timeout: 2000,
      });
      const { folder } = (rows as { folder: string }[])[0] as { folder: string };
      return folder.replace(/\/$/, "");
    } finally {
      connection.destroy();
    }
  },
};

/** With the folder for LOAD DATA that Debian compiled in, the server would not start, hence no such folder. */
const common = ({ base }: Executable): readonly string[] => [
  "--no-defaults",
  ...(base === undefined ? [] : [`--basedir=${base}`]),
  ...(process.getuid?.() === 0 ? ["--user=root"] : []),
  "--secure-file-priv=NULL",
  "--local-infile=OFF",
  "--skip-name-resolve",
  "--skip-log-bin",
  "--tls-version=",
  "--loose-mysqlx=OFF",
  "--loose-auto-generate-certs=OFF",
  "--innodb-buffer-pool-size=64M",
  "--loose-innodb-redo-log-capacity=64M",
  "--table-open-cache=200",
  "--table-definition-cache=400",
  `--max-connections=${most_connections}`,
];

const fast: readonly string[] = [
  "--innodb-doublewrite=OFF",
  "--innodb-flush-log-at-trx-commit=0",
  "--loose-innodb-flush-method=nosync",
];
