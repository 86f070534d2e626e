/**
 * Whether doors and gates see the same: every strategy of every workload, at every level, in every interleaving of two
 * clients, through both. Wanted: the same number of schedules, the same outcomes, each as often, and the same codes of
 * failed operations. A statement that commits by itself is one step here, as it is at a gate.
 *
 * `npm run bench -- same-counts`. Prints each difference, and counts the cells. One is known: where clients share one
 * connection of Redis, a door can only keep the order in which their commands were written, so nothing is left to choose;
 * a gate holds each command before it is written.
 */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";
import type { Address } from "../backends/door-target.ts";
import { configFor } from "../backends/dynamodb/connect.ts";
import { type BackendEntry, backends } from "../matrix/backends.ts";
import type { Cell } from "../matrix/cell.ts";
import { openBackend } from "../matrix/open-backend.ts";
import { type MakeClient, throughDoors } from "../schedules/doors/door-backend.ts";
import type { Exploration } from "../schedules/exploration.ts";
import { startServer } from "../servers/start.ts";
import { suites } from "../suites/suites.ts";

/** Differs, as said above. */
const on_one_connection = "watch-multi-exec-shared-connection";

/** Where there are more, the first ones are compared: both searches take them in the same order. */
const schedules_max = 400;

/** The clients that strategies are written for, as people would make them. */
const makes: Readonly<Record<string, MakeClient<unknown>>> = {
  postgres: making(
    async ({ url }) => {
      const client = new pg.Client(url);
      await client.connect();
      return client;
    },
    (client) => client.end(),
  ),
  mysql: making(
    ({ url }) => mysql.createConnection(url),
    (client) => client.end(),
  ),
  redis: making(
    ({ url }) => new Redis(url, { replyMapping: "legacy", retryStrategy: null }),
    (client) => client.disconnect(),
  ),
  dynamodb: making(
    ({ url }) => new DynamoDBClient({ ...configFor(url), maxAttempts: 1 }),
    (client) => client.destroy(),
  ),
};

function making<Client>(
  open: (address: Address) => Client | Promise<Client>,
  close: (client: Client) => unknown,
): MakeClient<unknown> {
  return { open, close: (client) => close(client as Client) };
}

export default async function sameCounts(): Promise<void> {
  for (const entry of backends.filter(({ name }) => name in makes)) {
    const { compared, different } = await compare(entry);
    console.log(`  ${entry.name}: ${compared} cells compared, ${different} differ`);
    if (compared === 0 || different > 0) process.exitCode = 1;
  }
}

async function compare(
  entry: BackendEntry,
): Promise<{ readonly compared: number; readonly different: number }> {
  const kind = entry.servers[0]!;
  await using server = await startServer(kind);
  await using by_gates = await openBackend(entry, { [kind]: server }, suites);
  const through: BackendEntry = {
    ...entry,
    connect: async (servers) =>
      throughDoors(await entry.connect(servers), makes[entry.name]!, undefined, false),
  };
  await using by_doors = await openBackend(through, { [kind]: server }, suites);
  let different = 0;
  for (const [i, cell] of by_gates.cells.entries()) {
    const [gates, doors] = [await seenIn(cell), await seenIn(by_doors.cells[i]!)];
    if (gates === doors) continue;
    if (cell.strategy !== on_one_connection) different++;
    const name = `${cell.workload}.${cell.strategy} ${cell.isolation ?? ""}`;
    console.log(`  ${entry.name} ${name}\n    gates: ${gates}\n    doors: ${doors}`);
  }
  return { compared: by_gates.cells.length, different };
}

/** All that is to be the same, as text. */
async function seenIn(cell: Cell): Promise<string> {
  const { schedules, complete, outcomes, failed }: Exploration = await cell.explore({
    prune: false,
    schedules: schedules_max,
  });
  return JSON.stringify({
    schedules,
    complete,
    outcomes: sorted(outcomes),
    failed: sorted(failed),
  });
}

const sorted = (counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
