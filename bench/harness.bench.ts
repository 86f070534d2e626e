/**
 * What the harness costs: increments/s of a recorded load ÷ the same statement in a bare loop over the
 * driver, same connections, same counters, in turns within one run. At least 0.90 is wanted.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import pg from "pg";
import { type Backend, open_gate } from "../backends/backend.ts";
import { connectPostgres } from "../backends/postgres/backend.ts";
import { connectRedis } from "../backends/redis/backend.ts";
import { runLoad } from "../matrix/load/load.ts";
import type { Strategies } from "../matrix/suite.ts";
import { startServer } from "../servers/start.ts";
import * as postgres from "../suites/counter/postgres/index.ts";
import * as redis from "../suites/counter/redis/index.ts";
import { counting } from "../suites/counter/workload.ts";
import { calmRounds } from "./calm.ts";

const clients = 20;
/** Many short rounds: the machine does not keep its speed for long. */
const rounds = 21;

export default async function harness(): Promise<void> {
  await onPostgres();
  await onRedis();
}

async function onPostgres(): Promise<void> {
  await using server = await startServer("postgres");
  await using backend = await connectPostgres(server);
  await compare("PostgreSQL SET v = v + 1", 500, backend, postgres, "in-place", async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query("CREATE TABLE IF NOT EXISTS Bare (id text PRIMARY KEY, v integer)");
    const id = `bare-${Math.random()}`;
    await client.query("INSERT INTO Bare VALUES ($1, 0)", [id]);
    return {
      increment: () => client.query("UPDATE Bare SET v = v + 1 WHERE id = $1 RETURNING v", [id]),
      close: () => client.end(),
    };
  });
}

async function onRedis(): Promise<void> {
  await using server = await startServer("redis");
  await using backend = await connectRedis(server);
  await compare("Redis INCR", 2_000, backend, redis, "incr", async () => {
    const client = new Redis(server.url);
    const key = `bare-${Math.random()}`;
    return { increment: () => client.incr(key), close: () => client.quit() };
  });
}

interface Bare {
  increment(): Promise<unknown>;
  close(): Promise<unknown>;
}

async function compare<Client>(
  what: string,
  increments: number,
  backend: Backend<Client>,
  counters: Strategies<Client>,
  name: string,
  open: () => Promise<Bare>,
): Promise<void> {
  const strategy = counters.strategies.find((strategy) => strategy.name === name);
  if (strategy === undefined) throw new Error(`there is no strategy ${name}`);
  const folder = await mkdtemp(join(tmpdir(), "raceproof-bench-"));
  const setup = await backend.open(open_gate);
  await counters.setUp?.(setup.client);
  await setup[Symbol.asyncDispose]();
  const bare: Bare[] = [];
  // One after the other: CREATE TABLE IF NOT EXISTS fails when two of them run at once.
  while (bare.length < clients) bare.push(await open());
  const keys = Array.from({ length: clients }, (_, n) => `${backend.prefix}bench-${n}`);
  const harness = async (): Promise<number> => {
    const path = join(folder, "history.jsonl");
    const { operations_per_s } = await runLoad({
      backend,
      workload: counting,
      strategy,
      isolation: null,
      keys: keys as [string, ...string[]],
      read_share: 0,
      path,
      clients,
      operations: increments,
      seed: 1,
    });
    // Removed at once, so that the disk is not still busy writing it while the bare loop runs.
    await rm(path);
    return operations_per_s;
  };
  const pair = async (round: number): Promise<Round> => {
    const before = round % 2 === 0 ? await bareRate(bare, increments) : undefined;
    const recorded = await harness();
    return { recorded, plain: before ?? (await bareRate(bare, increments)) };
  };
  try {
    await pair(0); // warm-up
    const { results, note } = await calmRounds(rounds, pair);
    const median = (of: (round: Round) => number): number =>
      results.map(of).sort((a, b) => a - b)[results.length >> 1]!;
    console.log(
      `${what}: harness ${Math.round(median(({ recorded }) => recorded))}/s, ` +
        `bare ${Math.round(median(({ plain }) => plain))}/s, ` +
        `ratio ${median(({ recorded, plain }) => recorded / plain).toFixed(2)} (wanted ≥ 0.90; ${note})`,
    );
  } finally {
    await Promise.all(bare.map((client) => client.close()));
    await rm(folder, { recursive: true });
  }
}

/** In increments/s. */
interface Round {
  readonly recorded: number;
  readonly plain: number;
}

async function bareRate(clients: readonly Bare[], increments: number): Promise<number> {
  const begin = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      for (let n = 0; n < increments; n++) await client.increment();
    }),
  );
  return (clients.length * increments) / ((performance.now() - begin) / 1000);
}
