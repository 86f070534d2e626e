/** Containers that are killed, held, cut off and restarted under load keep what they acknowledged. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isUsualLevel } from "../../matrix/faults/usual.ts";
import { fault_kinds, victimOf } from "../../matrix/faults/victim.ts";
import { startContainer } from "../../servers/container.ts";
import { suites } from "../../suites/counter/suites.ts";

const seed = Date.now() % 1e6;
const size = { clients: 5, increments: 100, schedules: 0, fault_schedules: 0, seed };

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
    const suite = suites.find(({ backend }) => backend === kind)!;
    await using open = await suite.open({ [kind]: victim });
    const cell = open.cells.find(
      (cell) => cell.strategy === strategy && isUsualLevel(kind, cell.isolation),
    )!;
    const disturbance = { kinds: fault_kinds, times: 1, victims: [victim], settings } as const;
    const { conclusion, remarks, load } = await cell.run({ ...size, out, disturbance });
    expect([conclusion, remarks, load?.lost]).toEqual(["as declared", [], 0]);
    expect(load?.faults).toEqual(Object.fromEntries(fault_kinds.map((fault) => [fault, 1])));
    expect(load?.acknowledged).toBeGreaterThan(0);
  } finally {
    await rm(out, { recursive: true });
  }
});
