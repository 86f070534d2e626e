/** Every strategy on every backend at every level is what it declares: no more, no less. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import type { Isolation } from "../backends/backend.ts";
import type { CellResult, ExploreResult } from "../matrix/result.ts";
import type { CounterSuite, OpenSuite } from "../suites/counter/counter-suite.ts";
import { suites } from "../suites/counter/suites.ts";

const size = {
  clients: 5,
  increments: 10,
  schedules: 6,
  fault_schedules: Infinity,
  seed: Date.now() % 1e6,
};
/**
 * Less where everything would take minutes (MariaDB's 200 cells, ZooKeeper's new sessions after every fault),
 * and where the same was explored to its end beside it (Valkey is as Redis).
 */
function sizeFor({ servers }: CounterSuite, isolation: Isolation | null): typeof size {
  if (servers.includes("mariadb")) return { ...size, schedules: 0, fault_schedules: 0 };
  // PostgreSQL's READ UNCOMMITTED is its READ COMMITTED, says its manual (13.2, Transaction Isolation).
  if (servers.includes("postgres") && isolation === "READ UNCOMMITTED")
    return { ...size, fault_schedules: 12 };
  const is_shorter = servers.includes("zookeeper") || servers.includes("valkey");
  return is_shorter ? { ...size, fault_schedules: 40 } : size;
}
const here = inject("servers");
const testable = suites.filter((suite) => suite.servers.every((kind) => kind in here));
const out = await mkdtemp(join(tmpdir(), "raceproof-counter-"));
afterAll(() => rm(out, { recursive: true }));

test.concurrent.each(testable.map((suite) => [suite.backend, suite] as const))(
  `%s: every cell is as declared (seed ${size.seed})`,
  async (_, suite) => {
    await using open = await openOnShared(suite);
    expect(open.cells.length).toBeGreaterThan(0);
    for (const cell of open.cells)
      expectAsDeclared(suite, await cell.run({ ...sizeFor(suite, cell.isolation), out }));
  },
);

function expectAsDeclared(suite: CounterSuite, result: CellResult): void {
  const { explored, remarks, conclusion } = result;
  const name = `${result.strategy} ${result.isolation ?? ""}`;
  expect([name, remarks], explored?.two.failure?.text).toEqual([name, []]);
  expect([name, conclusion]).toEqual([name, "as declared"]);
  const { reply_lost, lock_lost } = explored ?? {};
  const all_or_found =
    sizeFor(suite, result.isolation).fault_schedules < Infinity ||
    [reply_lost, lock_lost].every((r) => !r || r.complete || r.failure);
  expect([name, all_or_found]).toEqual([name, true]);
  if (explored?.two.failure) expectMinimal(name, result, explored.two);
}

/** A failure of two clients needs two clients and a single switch between them, and comes to light soon. */
function expectMinimal(name: string, { declared }: CellResult, { failure }: ExploreResult): void {
  const { clients, context_switches, repeats } = failure!;
  expect([name, clients, context_switches, repeats]).toEqual([name, 2, 1, true]);
  expect(declared.updates === "lost" || declared.answers === "wrong").toBe(true);
}

async function openOnShared(suite: CounterSuite): Promise<OpenSuite> {
  const dispose = async (): Promise<void> => {};
  const servers = suite.servers.map((kind) => {
    const server = { ...here[kind], kind, source: "local" as const };
    return [kind, { ...server, [Symbol.asyncDispose]: dispose }];
  });
  return suite.open(Object.fromEntries(servers));
}
