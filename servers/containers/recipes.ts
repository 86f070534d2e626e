/** What each kind of server needs in its container. It is the same for official images and for our stand-ins. */
import { locked_dynamodb } from "../local/locked-dynamodb.ts";
import { locked_zookeeper } from "../local/locked-zookeeper.ts";
import { most_connections, type Recipe, type Settings } from "../local/recipe.ts";
import { recipes } from "../local/recipes.ts";
import { demanding } from "../local/zookeeper.ts";
import type { ServerKind } from "../server.ts";

/** What is only needed in a container. Its name, its URL and how to ask it are those of the local process. */
interface Inside {
  /** The port on which the server listens inside the container. */
  readonly port: number;
  /** The container's environment; for some servers, the secret that they must demand is in it. */
  readonly environment?: (settings: Settings, secret: string) => Readonly<Record<string, string>>;
  /** The arguments of the server. `ps` shows them, so the secret is not among them. */
  readonly command?: (settings: Settings) => readonly string[];
  /** Files that are put into the container's folder `/raceproof`. */
  readonly files?: (secret: string) => Readonly<Record<string, string | Buffer>>;
  /** Finds product and version in what the server prints at its start; only if it never tells a client. */
  product?(log: string): string | undefined;
}

export type ContainerRecipe = Inside & {
  readonly local: Pick<Recipe, "product" | "url" | "ask" | "stop">;
};

const of_mysql = (settings: Settings): readonly string[] => [
  `--max-connections=${most_connections}`,
  "--skip-log-bin",
  "--local-infile=OFF",
  ...(settings === "fast"
    ? ["--innodb-doublewrite=OFF", "--innodb-flush-log-at-trx-commit=0"]
    : []),
];

const of_redis: Pick<Inside, "command" | "files"> = {
  files: (secret) => ({ "redis.conf": `requirepass ${secret}\n` }),
  command: (settings) => {
    const always = ["/raceproof/redis.conf", "--save", ""];
    return settings === "fast"
      ? always
      : [...always, "--appendonly", "yes", "--appendfsync", "always"];
  },
};

const insides: Readonly<Record<ServerKind, Inside>> = {
  mysql: {
    port: 3306,
    environment: (_, secret) => ({ MYSQL_ROOT_PASSWORD: secret }),
    command: of_mysql,
  },
  mariadb: {
    port: 3306,
    environment: (_, secret) => ({ MARIADB_ROOT_PASSWORD: secret }),
    command: of_mysql,
  },
  postgres: {
    port: 5432,
    environment: (_, secret) => ({ POSTGRES_PASSWORD: secret }),
    command: (settings) => {
      const always = ["-c", `max_connections=${most_connections}`, "-c", "jit=off"];
      return settings === "fast"
        ? [...always, "-c", "fsync=off", "-c", "synchronous_commit=off"]
        : always;
    },
  },
  redis: { port: 6379, ...of_redis },
  valkey: { port: 6379, ...of_redis },
  dynamodb: {
    port: 8000,
    files: (secret) => ({ secret, "LockedDynamodb.class": locked_dynamodb }),
    command: (settings) => [
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-Xmx512m",
      "-Djava.library.path=./DynamoDBLocal_lib",
      "-Draceproof.secret=/raceproof/secret",
      ...["-cp", "/raceproof:DynamoDBLocal.jar:DynamoDBLocal_lib/*", "LockedDynamodb"],
      "-sharedDb",
      "-disableTelemetry",
      ...(settings === "fast" ? ["-inMemory"] : ["-dbPath", "."]),
    ],
    product: (log) => {
      const version = /Version:\s*(\d+\.\d+\.\d+)/.exec(log)?.[1];
      return version === undefined ? undefined : `DynamoDB Local ${version}`;
    },
  },
  zookeeper: {
    port: 2181,
    files: () => ({ "LockedZookeeper.class": locked_zookeeper }),
    environment: (settings, secret) => ({
      CLASSPATH: "/raceproof",
      ZOO_4LW_COMMANDS_WHITELIST: "srvr",
      ZOO_TICK_TIME: "200",
      ZOO_MAX_CLIENT_CNXNS: "0",
      ZOO_CFG_EXTRA: ["maxSessionTimeout=60000", ...demanding(secret)].join(" "),
      JVMFLAGS: `-Xmx256m${settings === "fast" ? " -Dzookeeper.forceSync=no" : ""}`,
    }),
  },
};

export const containerRecipe = (kind: ServerKind): ContainerRecipe => ({
  ...insides[kind],
  local: recipes[kind],
});
