/** MySQL from the PATH or the Debian archive (of Debian's suites only sid has it). */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Home } from "../home.ts";
import { loadPackage } from "../optional-package.ts";
import { debian, onPath, prefixed } from "./places.ts";
import type { Executable, Recipe } from "./recipe.ts";

export const mysql_packages = {
  what: "MySQL",
  suite: "sid",
  package: "mysql-server-core",
  without: ["perl"],
} as const;

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
      `--init-file=${await account(home)}`,
    ];
    await home.finish([...program.command, ...common(program), ...fast, ...options]);
  },

  arguments: ({ program, data, port, settings }) => [
    ...common(program),
    `--datadir=${data}`,
    "--bind-address=127.0.0.1",
    `--port=${port}`,
    "--socket=mysql.sock",
    "--pid-file=mysqld.pid",
    ...(settings === "fast" ? fast : []),
  ],
  url: (port) => `mysql://root@127.0.0.1:${port}`,
  identity: ({ data }) => data,

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

/** No name is looked up, so the account must be that of the address. */
async function account(home: Home): Promise<string> {
  const file = join(home.folder, "account.sql");
  await writeFile(
    file,
    "CREATE USER 'root'@'127.0.0.1' IDENTIFIED BY '';\n" +
      "GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;\n",
  );
  return file;
}

/** Debian's compiled-in folder for LOAD DATA would stop the start, hence no such folder. */
const common = ({ base }: Executable): readonly string[] => [
  "--no-defaults",
  ...(base === undefined ? [] : [`--basedir=${base}`]),
  ...(process.getuid?.() === 0 ? ["--user=root"] : []),
  "--secure-file-priv=NULL",
  "--skip-name-resolve",
  "--skip-log-bin",
  "--tls-version=",
  "--loose-mysqlx=OFF",
  "--loose-auto-generate-certs=OFF",
  "--loose-caching-sha2-password-auto-generate-rsa-keys=OFF",
  "--innodb-buffer-pool-size=64M",
  "--loose-innodb-redo-log-capacity=64M",
  "--table-open-cache=200",
  "--table-definition-cache=400",
  "--max-connections=200",
];

const fast: readonly string[] = [
  "--innodb-doublewrite=OFF",
  "--innodb-flush-log-at-trx-commit=0",
  "--loose-innodb-flush-method=nosync",
];
