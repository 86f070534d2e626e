/** What each kind of server wants from its container. Official images and our stand-ins take the same. */
import type { Recipe, Settings } from "../local/recipe.ts";
import { recipes } from "../local/recipes.ts";
import type { ServerKind } from "../server.ts";

/** Beside what it has in common with the server as a local process: its name, its URL, how to ask it. */
interface Inside {
  /** Where it listens in the container. */
  readonly port: number;
  /** Lets anybody in without a password, as the port is open to this machine only. */
  readonly environment?: (settings: Settings) => Readonly<Record<string, string>>;
  readonly command?: (settings: Settings) => readonly string[];
  /** Product and version in what it prints at its start, where it never tells a client. */
  product?(log: string): string | undefined;
}

export type ContainerRecipe = Inside & {
  readonly local: Pick<Recipe, "product" | "url" | "ask" | "stop">;
};

const of_mysql = (settings: Settings): readonly string[] => [
  "--max-connections=200",
  "--skip-log-bin",
  ...(settings === "fast"
    ? ["--innodb-doublewrite=OFF", "--innodb-flush-log-at-trx-commit=0"]
    : []),
];

const of_redis = (settings: Settings): readonly string[] => {
  const open = ["--protected-mode", "no", "--save", ""];
  return settings === "fast" ? open : [...open, "--appendonly", "yes", "--appendfsync", "always"];
};

const insides: Readonly<Record<ServerKind, Inside>> = {
  mysql: {
    port: 3306,
    environment: () => ({ MYSQL_ALLOW_EMPTY_PASSWORD: "yes" }),
    command: of_mysql,
  },
  mariadb: {
    port: 3306,
    environment: () => ({ MARIADB_ALLOW_EMPTY_ROOT_PASSWORD: "yes" }),
    command: of_mysql,
  },
  postgres: {
    port: 5432,
    environment: () => ({ POSTGRES_HOST_AUTH_METHOD: "trust" }),
    command: (settings) => {
      const always = ["-c", "max_connections=200", "-c", "jit=off"];
      return settings === "fast"
        ? [...always, "-c", "fsync=off", "-c", "synchronous_commit=off"]
        : always;
    },
  },
  redis: { port: 6379, command: of_redis },
  valkey: { port: 6379, command: of_redis },
  dynamodb: {
    port: 8000,
    command: (settings) => [
      "-XX:+UseSerialGC",
      "-XX:TieredStopAtLevel=1",
      "-Xmx512m",
      "-Djava.library.path=./DynamoDBLocal_lib",
      "-jar",
      "DynamoDBLocal.jar",
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
    environment: (settings) => ({
      ZOO_4LW_COMMANDS_WHITELIST: "conf,srvr",
      ZOO_TICK_TIME: "200",
      ZOO_MAX_CLIENT_CNXNS: "0",
      ZOO_CFG_EXTRA: "maxSessionTimeout=60000",
      JVMFLAGS: `-Xmx256m${settings === "fast" ? " -Dzookeeper.forceSync=no" : ""}`,
    }),
  },
};

export const containerRecipe = (kind: ServerKind): ContainerRecipe => ({
  ...insides[kind],
  local: recipes[kind],
});
