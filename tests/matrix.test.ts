/** Every strategy of every workload on every backend at every level is what it declares: no more, no less. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import type { Isolation } from "../backends/backend.ts";
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
  fault_schedules: Infinity,
  seed: Date.now() % 1e6,
};
/** Smaller where everything would take minutes, and where another backend covers the same (Valkey is like Redis). */
function sizeFor(
  { servers }: BackendEntry,
  { workload }: Pick<CellResult, "workload">,
): typeof size {
  if (servers.includes("mariadb")) return { ...size, schedules: 0, fault_schedules: 0 };
  // A lost reply at every step of a transaction is hundreds of schedules: `pruning.test.ts` runs all of some.
  if (workload === "counter" && ["redis", "dynamodb"].includes(servers.join())) return size;
  return { ...size, fault_schedules: 40 };
}
/**
 * Not every level of these. The gate also runs `npm start`, which measures all of PostgreSQL and MySQL, so here they
 * have their default one. MariaDB without its snapshots differs from MariaDB at these two.
 */
const only_levels: Readonly<Record<string, readonly Isolation[]>> = {
  postgres: ["READ COMMITTED"],
  mysql: ["REPEATABLE READ"],
  "mariadb-snapshot-off": ["REPEATABLE READ", "SERIALIZABLE"],
};
const here = inject("servers");
const testable = backends.filter(({ servers }) => servers.every((kind) => kind in here));
const out = await mkdtemp(join(tmpdir(), "raceproof-matrix-"));
afterAll(() => rm(out, { recursive: true }));

test.concurrent.each(testable.map((backend) => [backend.name, backend] as const))(
  `%s: every cell is as declared (seed ${size.seed})`,
  async (_, backend) => {
    await using open = await openOnShared(backend);
    const cells = open.cells.filter(({ isolation }) => {
      return isolation === null || (only_levels[backend.name]?.includes(isolation) ?? true);
    });
    expect(cells.length).toBeGreaterThan(0);
    for (const cell of cells)
      expectAsDeclared(backend, await cell.run({ ...sizeFor(backend, cell), out }));
  },
);

function expectAsDeclared(backend: BackendEntry, result: CellResult): void {
  const { explored, remarks, conclusion } = result;
  const name = `${result.workload} ${result.strategy} ${result.isolation ?? ""}`;
  expect([name, remarks], failingInterleaving(result)).toEqual([name, []]);
  expect([name, conclusion]).toEqual([name, "as declared"]);
  const { reply_lost, lock_lost } = explored ?? {};
  const all_or_found =
    sizeFor(backend, result).fault_schedules < Infinity ||
    [reply_lost, lock_lost].every((r) => !r || r.complete || r.failure);
  expect([name, all_or_found]).toEqual([name, true]);
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
