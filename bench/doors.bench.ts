/**
 * What doors cost beside the gates inside the drivers: the same programs in every interleaving through both, in turns,
 * in one process; and one round trip through a door beside the same one without it.
 */
import mysql from "mysql2/promise";
import pg from "pg";
import type { Backend } from "../backends/backend.ts";
import { open_gate } from "../backends/backend.ts";
import { doorOf } from "../backends/door-target.ts";
import { connectMysql } from "../backends/mysql/backend.ts";
import { connectPostgres } from "../backends/postgres/backend.ts";
import { throughDoors } from "../schedules/doors/door-backend.ts";
import type { Program } from "../schedules/program.ts";
import { startServer } from "../servers/start.ts";
import { lanesOn, rateOf } from "./all-interleavings.ts";
import { calmRounds, median } from "./calm.ts";
import { CopyingPort } from "./copying-port.ts";
import {
  onMysql,
  onPostgres,
  trivial,
  trivialOnMysql,
  waits,
  waitsOnMysql,
  withTable,
} from "./two-clients.ts";

const rounds = 40;
/** Until then the compiler is still optimizing. */
const warm_up_rounds = 30;
const round_trips = 2000;

export default async function doors(): Promise<void> {
  {
    await using server = await startServer("postgres");
    await using gates = await connectPostgres(server);
    await withTable(gates);
    const doors = throughDoors<pg.Client>(gates, {
      open: async ({ url }) => connected(url),
      close: (client) => client.end(),
    });
    await roundTrip(gates);
    await compare("PostgreSQL, without waits", [gates, doors], onPostgres(trivial));
    await compare("PostgreSQL, with lock waits", [gates, doors], onPostgres(waits));
  }
  await using server = await startServer("mysql");
  await using gates = await connectMysql(server);
  await withTable(gates);
  const doors = throughDoors<mysql.Connection>(gates, {
    open: ({ url }) => mysql.createConnection(url),
    close: (client) => client.end(),
  });
  await compare("MySQL, without waits", [gates, doors], onMysql(trivialOnMysql));
  await compare("MySQL, with lock waits", [gates, doors], onMysql(waitsOnMysql));
}

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}

/** Schedules per second through doors, divided by those through gates. */
async function compare<Client>(
  what: string,
  backends: readonly [gates: Backend<Client>, doors: Backend<Client>],
  program: Program<Client>,
): Promise<void> {
  const [by_gates, by_doors] = [lanesOn(backends[0], program), lanesOn(backends[1], program)];
  const both = async (): Promise<[gates: number, doors: number]> => [
    await rateOf(by_gates),
    await rateOf(by_doors),
  ];
  for (let i = 0; i < warm_up_rounds; i++) await both();
  const { results, note } = await calmRounds(rounds, both);
  await Promise.all([...by_gates, ...by_doors].map((lane) => lane[Symbol.asyncDispose]()));
  const ratio = median(results.map(([gates, doors]) => doors / gates));
  const rates = [0, 1].map((i) => median(results.map((rate) => rate[i]!)).toFixed(0));
  console.log(
    `  ${what}: ${rates[1]} schedules/s through doors, ${rates[0]} through gates; the median of the ratios is ${ratio.toFixed(2)} (at least 0.80), ${note}`,
  );
}

/**
 * `select 1`, one after the other: directly, through a port that only copies bytes, and through a door that holds
 * nothing back. The second is what no door in this process can do without.
 */
async function roundTrip(backend: Backend<unknown>): Promise<void> {
  const through = throughDoors<pg.Client>(backend, {
    open: ({ url }) => connected(url),
    close: (client) => client.end(),
  });
  const target = doorOf(backend);
  await using copies = await CopyingPort.open(() => target.connect());
  await using session = await through.open(open_gate);
  const direct = await connected(target.address().url);
  const copied = await connected(target.address(copies.port).url);
  const clients = [direct, copied, session.client];
  const medianOf_us = async (client: pg.Client): Promise<number> => {
    const took_us: number[] = [];
    for (let i = 0; i < round_trips; i++) {
      const start = performance.now();
      await client.query("SELECT 1");
      took_us.push((performance.now() - start) * 1000);
    }
    return median(took_us);
  };
  for (const client of clients) await medianOf_us(client);
  const { results, note } = await calmRounds(rounds / 2, async () => ({
    direct_us: await medianOf_us(direct),
    copied_us: await medianOf_us(copied),
    door_us: await medianOf_us(session.client),
  }));
  await Promise.all([direct.end(), copied.end()]);
  const us = (of: (one: (typeof results)[number]) => number): string =>
    median(results.map(of)).toFixed(0);
  console.log(
    `  a round trip of PostgreSQL: ${us((one) => one.direct_us)} µs direct, ` +
      `${us((one) => one.copied_us - one.direct_us)} µs more through a port that only copies bytes, ` +
      `${us((one) => one.door_us - one.direct_us)} µs more through a door (at most 20), ${note}`,
  );
}
