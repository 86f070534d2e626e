/** ioredis: https://github.com/redis/ioredis */
import { Redis } from "ioredis";
import { explore } from "raceproof";
import { expect, test } from "vitest";

/** Right for one visitor at a time. */
async function visit(db: Redis): Promise<void> {
  const visits = Number(await db.get("visits"));
  await db.set("visits", visits + 1);
}

const program = (run: (db: Redis) => Promise<unknown>) => ({
  database: "redis",
  client: (url: string) => new Redis(url),
  setup: (db: Redis) => db.set("visits", 0),
  run,
  check: async (db: Redis) => (await db.get("visits")) === "2",
});

test("two visits at once", async () => {
  await expect(explore(program(visit))).rejects.toThrow(/client 1 and client 2 both read .*0/);
});

test("repaired", async () => {
  const report = await explore(program((db) => db.incr("visits")));
  expect(report.text).toContain("proof for this size");
});
