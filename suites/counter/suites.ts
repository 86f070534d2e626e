import type { Redis } from "ioredis";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { combined, type SqlAndRedis } from "../../backends/combined.ts";
import type { Server, ServerKind } from "../../servers/server.ts";
import { type Cell, cellsOf } from "../cell.ts";
import type { Strategy } from "../strategy.ts";

type Servers = Readonly<Partial<Record<ServerKind, Server>>>;

/** A backend with its strategies, connected. */
export interface OpenSuite extends AsyncDisposable {
  readonly cells: readonly Cell[];
}

/** The counter on one backend, or on two that work together. */
export interface CounterSuite {
  /** As on the command line. */
  readonly backend: string;
  readonly servers: readonly ServerKind[];
  /** Names of its strategies, without connecting to anything. */
  names(): Promise<readonly string[]>;
  open(servers: Servers): Promise<OpenSuite>;
}

export const suites: readonly CounterSuite[] = [
  {
    backend: "postgres",
    servers: ["postgres"],
    names: async () => namesOf(await import("./postgres/index.ts")),
    async open({ postgres }) {
      const { connectPostgres } = await import("../../backends/postgres/backend.ts");
      return openSuite(await connectPostgres(postgres!), await import("./postgres/index.ts"));
    },
  },
  {
    backend: "mysql",
    servers: ["mysql"],
    names: async () => namesOf(await import("./mysql/index.ts")),
    async open({ mysql }) {
      const { connectMysql } = await import("../../backends/mysql/backend.ts");
      return openSuite(await connectMysql(mysql!), await import("./mysql/index.ts"));
    },
  },
  {
    backend: "redis",
    servers: ["redis"],
    names: async () => namesOf(await import("./redis/index.ts")),
    async open({ redis }) {
      const { connectRedis } = await import("../../backends/redis/backend.ts");
      return openSuite(await connectRedis(redis!), await import("./redis/index.ts"));
    },
  },
  {
    backend: "dynamodb",
    servers: ["dynamodb"],
    names: async () => namesOf(await import("./dynamodb/index.ts")),
    async open({ dynamodb }) {
      const { connectDynamodb } = await import("../../backends/dynamodb/backend.ts");
      return openSuite(await connectDynamodb(dynamodb!), await import("./dynamodb/index.ts"));
    },
  },
  {
    backend: "postgres+redis",
    servers: ["postgres", "redis"],
    names: async () => namesOf(await import("./redis-lock/postgres.ts")),
    async open({ postgres, redis }) {
      const { connectPostgres } = await import("../../backends/postgres/backend.ts");
      const { connectRedis } = await import("../../backends/redis/backend.ts");
      return openBoth(
        await connectPostgres(postgres!),
        await connectRedis(redis!),
        await import("./postgres/index.ts"),
        (await import("./redis-lock/postgres.ts")).strategies,
      );
    },
  },
  {
    backend: "mysql+redis",
    servers: ["mysql", "redis"],
    names: async () => namesOf(await import("./redis-lock/mysql.ts")),
    async open({ mysql, redis }) {
      const { connectMysql } = await import("../../backends/mysql/backend.ts");
      const { connectRedis } = await import("../../backends/redis/backend.ts");
      return openBoth(
        await connectMysql(mysql!),
        await connectRedis(redis!),
        await import("./mysql/index.ts"),
        (await import("./redis-lock/mysql.ts")).strategies,
      );
    },
  },
];

interface Counters<Client> {
  readonly strategies: readonly Strategy<Client>[];
  readonly setUp: (client: Client) => Promise<void>;
}

const namesOf = (counters: { strategies: readonly { name: string }[] }): string[] =>
  counters.strategies.map((strategy) => strategy.name);

async function openSuite<Client>(
  backend: Backend<Client>,
  { strategies, setUp }: Counters<Client>,
): Promise<OpenSuite> {
  await using session = await backend.open(open_gate);
  await setUp(session.client);
  return {
    cells: cellsOf(backend, strategies),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

async function openBoth<Sql>(
  sql: Backend<Sql>,
  redis: Backend<Redis>,
  { setUp }: Counters<Sql>,
  strategies: readonly Strategy<SqlAndRedis<Sql>>[],
): Promise<OpenSuite> {
  await using session = await sql.open(open_gate);
  await setUp(session.client);
  return {
    cells: cellsOf(combined(sql, redis), strategies),
    async [Symbol.asyncDispose]() {
      await sql[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}
