/** One way of counting on every backend, on containers. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import { backends } from "../../matrix/backends.ts";
import { openBackend } from "../../matrix/open-backend.ts";
import { counter } from "../../suites/counter/index.ts";

const size = {
  clients: 5,
  operations: 30,
  schedules: 5,
  fault_schedules: 0,
  seed: Date.now() % 1e6,
};
const strategies = ["in-place", "incr", "add", "redis-lock", "zookeeper-lock"];
const here = inject("servers");

describe.each(backends.map((backend) => [backend.name, backend] as const))("%s", (_, backend) => {
  test(`counts as declared (seed ${size.seed})`, async () => {
    const out = await mkdtemp(join(tmpdir(), "raceproof-docker-"));
    const servers = backend.servers.map((kind) => {
      expect(here[kind].source).toBe("container");
      return [kind, { ...here[kind], async [Symbol.asyncDispose]() {} }];
    });
    try {
      await using open = await openBackend(backend, Object.fromEntries(servers), [counter]);
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
