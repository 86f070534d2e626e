/** Containers that are killed, held, cut off and restarted under load keep what they acknowledged. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { backends } from "../../matrix/backends.ts";
import { fault_kinds, victimOf } from "../../matrix/faults/victim.ts";
import { openBackend } from "../../matrix/open-backend.ts";
import { startContainer } from "../../servers/container.ts";
import { counter } from "../../suites/counter/index.ts";

const seed = Date.now() % 1e6;
const size = { clients: 5, operations: 100, schedules: 0, fault_schedules: 0, seed };

test.concurrent.each([
  ["postgres", "in-place"],
  ["mysql", "in-place"],
  ["mariadb", "in-place"],
  ["redis", "incr"],
  ["valkey", "incr"],
  ["dynamodb", "add"],
] as const)(`%s, each fault once (seed ${seed})`, async (kind, strategy) => {
  const out = await mkdtemp(join(tmpdir(), "raceproof-docker-"));
  const settings = "durable";
  try {
    await using victim = await victimOf(await startContainer(kind, { settings, progress() {} }));
    const backend = backends.find(({ name }) => name === kind)!;
    await using open = await openBackend(backend, { [kind]: victim }, [counter]);
    const cell = open.cells.find(
      (cell) => cell.strategy === strategy && cell.isolation === backend.usual_level,
    )!;
    const disturbance = { kinds: fault_kinds, times: 1, victims: [victim], settings } as const;
    const { conclusion, remarks, load } = await cell.run({ ...size, out, disturbance });
    expect([conclusion, remarks, load?.anomaly]).toEqual(["as declared", [], undefined]);
    expect(load?.faults).toEqual(Object.fromEntries(fault_kinds.map((fault) => [fault, 1])));
    expect(load?.acknowledged).toBeGreaterThan(0);
  } finally {
    await rm(out, { recursive: true });
  }
});
