/** MariaDB, from the PATH or the Debian archive. It also runs, under its own name, where MySQL cannot be had. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { mysql, secret_file } from "./mysql.ts";
import { debian, onPath, prefixed } from "./places.ts";
import { type Executable, most_connections, type Recipe } from "./recipe.ts";

export const mariadb_packages = {
  what: "MariaDB",
  suite: "trixie",
  package: "mariadb-server-core",
  without: [],
} as const;

export const mariadb: Recipe = {
  ...mysql,
  kind: "mariadb",
  product: "MariaDB",
  places: [
    onPath({
      program: "mariadbd",
      product: "MariaDB",
      version: (said) => /Ver (1[01]\.\d+\.\d+)-MariaDB/.exec(said)?.[1],
    }),
    debian(mariadb_packages, prefixed("usr/sbin/mariadbd")),
  ],

  async settle(program, home) {
    await mkdir(join(home.folder, files));
    return program;
  },

  /** Does what `mariadb-install-db` does: gives its SQL files to a server that reads nothing else. */
  async initialise(program, home, data) {
    const share = join(program.base ?? "/usr", "share/mariadb");
    const texts = await Promise.all(bootstrap.map((name) => readFile(join(share, name), "utf8")));
    const preamble = ["create database mysql;", "use mysql;", "SET @auth_root_socket=NULL;"];
    const script = await home.write("bootstrap.sql", [...preamble, ...texts, only_root].join("\n"));
    const server = [...program.command, ...common(program), ...fast, `--datadir=${data}`];
    await home.finish(["sh", "-c", 'exec "$@" < "$0"', script, ...server, "--bootstrap"]);
  },

  arguments: ({ home, program, data, port, settings }) => [
    ...common(program),
    `--init-file=${join(home.folder, secret_file)}`,
    // This folder stays empty: MariaDB cannot be told to have none.
    `--secure-file-priv=${join(home.folder, files)}`,
    "--local-infile=OFF",
    `--datadir=${data}`,
    "--bind-address=127.0.0.1",
    `--port=${port}`,
    "--socket=mysql.sock",
    "--pid-file=mariadbd.pid",
    ...(settings === "fast" ? fast : []),
  ],
};

/** Host names are not looked up, so one account is enough: that of the address. */
const only_root =
  "DELETE FROM mysql.global_priv WHERE User = '' AND Host <> '' OR User = 'root' AND Host <> '127.0.0.1';";
const files = "files";

const bootstrap = [
  "mariadb_system_tables.sql",
  "mariadb_performance_tables.sql",
  "mariadb_system_tables_data.sql",
  "maria_add_gis_sp_bootstrap.sql",
  "mariadb_sys_schema.sql",
] as const;

const common = ({ base }: Executable): readonly string[] => [
  "--no-defaults",
  ...(base === undefined ? [] : [`--basedir=${base}`]),
  ...(process.getuid?.() === 0 ? ["--user=root"] : []),
  "--skip-name-resolve",
  "--skip-log-bin",
  "--skip-ssl",
  "--innodb-buffer-pool-size=64M",
  "--innodb-log-file-size=64M",
  `--max-connections=${most_connections}`,
];

const fast: readonly string[] = [
  "--innodb-doublewrite=OFF",
  "--innodb-flush-log-at-trx-commit=0",
  "--loose-innodb-flush-method=nosync",
];
