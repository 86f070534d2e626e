/**
 * Strategies are what they declare: no more, no less. Here are the backends and levels that `npm start` does not
 * measure; of those that it does, the counters, whose smallest failures are looked at more closely.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import type { Isolation } from "../backends/backend.ts";
import { seeded } from "../checkers/random-history.ts";
import { type BackendEntry, backends } from "../matrix/backends.ts";
import { type OpenBackend, openBackend } from "../matrix/open-backend.ts";
import type { CellResult, ExploreResult } from "../matrix/result.ts";
import { failingInterleaving } from "../reports/summary.ts";
import { contextSwitches } from "../schedules/schedule.ts";
import { suites } from "../suites/suites.ts";

const size = {
  clients: 5,
  operations: 10,
  schedules: 6,
  fault_schedules: 20,
  seed: Date.now() % 1e6,
};
/**
 * Smaller where everything would take minutes. Losing a reply at every step of a transaction takes hundreds of
 * schedules: `npm start` runs some of them, and `pruning.test.ts` all, for some strategies.
 */
function sizeFor({ servers, name }: BackendEntry): typeof size {
  if (servers.includes("mariadb")) return { ...size, schedules: 0, fault_schedules: 0 };
  return in_main_job.includes(name) ? { ...size, fault_schedules: 0 } : size;
}
/** All cells of these are measured by `npm start`, which the gate runs, too. */
const in_main_job = ["postgres", "mysql", "redis", "dynamodb"];
/** Only some levels of these: at the others, MariaDB behaves like MySQL, and without its snapshots like MariaDB. */
const only_levels: Readonly<Record<string, readonly Isolation[]>> = {
  postgres: ["READ COMMITTED"],
  mysql: ["REPEATABLE READ"],
  mariadb: ["REPEATABLE READ", "SERIALIZABLE"],
  "mariadb-snapshot-off": ["REPEATABLE READ"],
};
const here = inject("servers");
const testable = backends.filter(({ servers }) => servers.every((kind) => kind in here));
const out = await mkdtemp(join(tmpdir(), "raceproof-matrix-"));
afterAll(() => rm(out, { recursive: true }));

test.concurrent.each(testable.map((backend) => [backend.name, backend] as const))(
  `%s: cells are as declared (seed ${size.seed})`,
  async (_, backend) => {
    await using open = await openOnShared(backend);
    const cells = open.cells.filter(
      ({ isolation, workload }) =>
        (isolation === null || (only_levels[backend.name]?.includes(isolation) ?? true)) &&
        (workload === "counter" || !in_main_job.includes(backend.name)),
    );
    // Some of them, as the seed wants it: all would take minutes, and have been measured for the README.
    const share = in_main_job.includes(backend.name) ? 0.1 : 0.2;
    const random = seeded(size.seed);
    const some = cells.filter((_, i) => i === 0 || random() < share);
    for (const cell of some) expectAsDeclared(await cell.run({ ...sizeFor(backend), out }));
  },
);

function expectAsDeclared(result: CellResult): void {
  const { explored, remarks, conclusion } = result;
  const name = `${result.workload} ${result.strategy} ${result.isolation ?? ""}`;
  expect([name, remarks], failingInterleaving(result)).toEqual([name, []]);
  expect([name, conclusion]).toEqual([name, "as declared"]);
  if (explored?.two.failure) expectMinimal(name, result, explored.two);
}

/** A failure of two clients needs two clients and a single switch between them, and comes to light soon. */
function expectMinimal(name: string, { declared }: CellResult, { failure }: ExploreResult): void {
  const { smallest, other } = failure!;
  const switches = contextSwitches(smallest.choices);
  expect([name, smallest.operations.length, switches, other]).toEqual([name, 2, 1, undefined]);
  expect(declared.shows).toContain(failure!.kind);
}

async function openOnShared(backend: BackendEntry): Promise<OpenBackend> {
  const dispose = async (): Promise<void> => {};
  const servers = backend.servers.map((kind) => {
    const server = { ...here[kind], kind, source: "local" as const };
    return [kind, { ...server, [Symbol.asyncDispose]: dispose }];
  });
  return openBackend(backend, Object.fromEntries(servers), suites);
}
