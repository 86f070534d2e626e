/** One way of counting on every backend, on containers. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { suites } from "../../suites/counter/suites.ts";

const size = {
  clients: 5,
  increments: 30,
  schedules: 5,
  fault_schedules: 0,
  seed: Date.now() % 1e6,
};
const strategies = ["in-place", "incr", "add", "redis-lock", "zookeeper-lock"];
const here = inject("servers");

describe.each(suites.map((suite) => [suite.backend, suite] as const))("%s", (_, suite) => {
  test(`counts as declared (seed ${size.seed})`, async () => {
    const out = await mkdtemp(join(tmpdir(), "raceproof-docker-"));
    const servers = suite.servers.map((kind) => {
      expect(here[kind].source).toBe("container");
      return [kind, { ...here[kind], async [Symbol.asyncDispose]() {} }];
    });
    try {
      await using open = await suite.open(Object.fromEntries(servers));
      const cells = open.cells.filter((cell) => strategies.includes(cell.strategy));
      expect(cells.length).toBeGreaterThan(0);
      for (const cell of cells.slice(0, 1)) {
        const { conclusion, remarks } = await cell.run({ ...size, out });
        expect([cell.strategy, conclusion, remarks]).toEqual([cell.strategy, "as declared", []]);
      }
    } finally {
      await rm(out, { recursive: true });
    }
  });
});
