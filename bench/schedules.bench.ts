/**
 * Schedules per second: every interleaving of two clients, unpruned, with everything that belongs to a
 * schedule (reset, run, check), compared with the same statements in a bare loop over the driver. Then, how many
 * schedules it takes to find a lost update and to shrink it.
 */
import type { Client } from "pg";
import { type Backend, open_gate } from "../backends/backend.ts";
import { connectMysql } from "../backends/mysql/backend.ts";
import { connectPostgres } from "../backends/postgres/backend.ts";
import { programOf } from "../matrix/program.ts";
import { exploreSchedules } from "../schedules/exploration.ts";
import type { Program } from "../schedules/program.ts";
import { startServer } from "../servers/start.ts";
import { setUp } from "../suites/counter/postgres/counter-table.ts";
import { readWrite } from "../suites/counter/postgres/read-write.ts";
import { counting } from "../suites/counter/workload.ts";
import { lanes_max, lanesOn, rateOf } from "./all-interleavings.ts";
import { median } from "./calm.ts";
import {
  onMysql,
  onPostgres,
  type Run,
  trivial,
  waits,
  waitsOnMysql,
  withTable,
} from "./two-clients.ts";

const rounds = 60;
/** Some thousand schedules: until then the compiler is still optimizing. */
const warm_up_rounds = 40;

export default async function schedules(): Promise<void> {
  {
    await using server = await startServer("postgres");
    await using backend = await connectPostgres(server);
    await withTable(backend);
    await measure("PostgreSQL, 70 interleavings without waits", backend, onPostgres(trivial), 1000);
    await measure("PostgreSQL, with lock waits", backend, onPostgres(waits), 800);
    await findAndShrink(backend);
  }
  await using server = await startServer("mysql");
  await using backend = await connectMysql(server);
  await withTable(backend);
  await measure("MySQL, with lock waits", backend, onMysql(waitsOnMysql), 500);
}

async function measure<Session>(
  what: string,
  backend: Backend<Session>,
  program: Program<Session>,
  limit: number,
): Promise<void> {
  const bare = await bareLoop(backend, program);
  const lanes = lanesOn(backend, program);
  const rates: number[] = [];
  for (let i = 0; i < warm_up_rounds + rounds; i++) {
    const rate = await rateOf(lanes);
    if (i >= warm_up_rounds) rates.push(rate);
  }
  await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
  console.log(
    `  ${what}: ${Math.max(...rates).toFixed(0)} schedules/s (at least ${limit}) in the best of ${rounds} rounds, ${median(rates).toFixed(0)} in the median; a bare loop does ${bare.toFixed(0)}`,
  );
}

/** The same round trips with nothing in between, one client after the other. */
async function bareLoop<Session>(
  backend: Backend<Session>,
  program: Program<Session>,
): Promise<number> {
  const warm_up_loops = 300;
  const loops = 200;
  const sessions = await Promise.all(
    Array.from({ length: lanes_max }, () => backend.open(open_gate)),
  );
  const work = (times: number): Promise<unknown> =>
    Promise.all(
      sessions.map(async ({ client }, i) => {
        const around = { key: `bare-${i}` } as Parameters<Run<Session>>[1];
        for (let n = 0; n < times; n++) {
          await program.setup(client, around.key, []);
          for (let operation = 0; operation < 2; operation++) await program.run(client, around);
        }
      }),
    );
  await work(warm_up_loops);
  const start = performance.now();
  await work(loops);
  const rate = ((loops * lanes_max) / (performance.now() - start)) * 1000;
  await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
  return rate;
}

async function findAndShrink(backend: Backend<Client>): Promise<void> {
  {
    await using session = await backend.open(open_gate);
    await setUp(session.client);
  }
  for (let clients = 2; clients <= 8; clients++) {
    const { failure } = await exploreSchedules({
      backend,
      program: programOf(counting, readWrite),
      name: readWrite.name,
      isolation: "READ COMMITTED",
      clients,
      search: "random",
      seed: 1,
      lanes: 1,
    });
    console.log(
      `  a lost update of ${clients} clients: found in ${failure?.foundAfter} schedules (at most 10), shrunk in ${failure?.shrunkIn} (at most 50)`,
    );
  }
}
