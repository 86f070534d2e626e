/** node-redis: https://github.com/redis/node-redis */
import { explore } from "raceproof";
import { createClient } from "redis";
import { expect, test } from "vitest";

const connect = async (url: string) => createClient({ url }).connect();
type Db = Awaited<ReturnType<typeof connect>>;

/** Right for one visitor at a time. */
async function visit(db: Db): Promise<void> {
  const visits = Number(await db.get("visits"));
  await db.set("visits", visits + 1);
}

const program = (run: (db: Db) => Promise<unknown>) => ({
  database: "redis",
  client: connect,
  setup: (db: Db) => db.set("visits", 0),
  run,
  check: async (db: Db) => (await db.get("visits")) === "2",
});

test("two visits at once", async () => {
  await expect(explore(program(visit))).rejects.toThrow(/client 1 and client 2 both read .*0/);
});

test("repaired", async () => {
  expect((await explore(program((db) => db.incr("visits")))).text).toContain("proof for this size");
});
