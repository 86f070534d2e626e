import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import { type ExploreOptions, explore, RaceFound, type Report } from "../../library/explore.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { CheckFailed } from "../../schedules/program.ts";

/** The user's own client, which knows nothing about doors. */
const make = {
  async open({ url }: { url: string }): Promise<Redis> {
    const client = new Redis(url, { lazyConnect: true, replyMapping: "legacy" });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  },
  close: (client: Redis) => client.disconnect(),
};

describe.each(["redis", "valkey"] as const)("%s through doors", (kind) => {
  let backend: Backend<Redis>;

  beforeAll(async () => {
    backend = throughDoors(await connectRedis(inject("servers")[kind]), make);
  });

  afterAll(() => backend?.[Symbol.asyncDispose]());

  type Program = Pick<ExploreOptions<Redis>, "run"> & Partial<ExploreOptions<Redis>>;
  const through = (name: string, program: Program): Promise<Report> =>
    explore({
      name: `${kind}-${name}`,
      backend,
      lanes: 1,
      setup: (db, key) => db.set(key, 0),
      async check(db, { key }) {
        const value = Number(await db.get(key));
        if (value !== 2) throw new CheckFailed("lost update", `2 were added, ${value} are there`);
      },
      ...program,
    });

  test("a value that is read and written loses", async () => {
    const error = await through("get-set", {
      run: async (db, { key }) => db.set(key, Number(await db.get(key)) + 1),
    }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(RaceFound);
    expect((error as RaceFound).exploration.failure?.kind).toBe("lost update");
  });

  test.each([
    ["incr", (db: Redis, key: string) => db.incr(key)],
    ["script", (db: Redis, key: string) => db.eval("return redis.call('INCR', KEYS[1])", 1, key)],
  ])("%s does not", async (name, add) => {
    const report = await through(name, { run: (db, { key }) => add(db, key) });
    expect(report.proof).toBe(true);
  });

  test("WATCH, MULTI and EXEC with another try do not", async () => {
    const report = await through("watch", {
      async run(db, { key }) {
        for (;;) {
          await db.watch(key);
          const value = Number(await db.get(key));
          if (
            await db
              .multi()
              .set(key, value + 1)
              .exec()
          )
            return;
        }
      },
    });
    expect(report.proof).toBe(true);
  });

  test("who waits for a list is seen to wait, and goes on with what is put there", async () => {
    const report = await through("blpop", {
      setup: (db) => db.del("list"),
      async run(db, { client }) {
        if (client === 1) return (await db.blpop("list", 0))?.[1];
        return db.rpush("list", "hello");
      },
      async check(_db, { trace }) {
        if (trace.results[0]?.output !== "hello") throw new CheckFailed("lost", "nothing came");
      },
    });
    expect(report.proof).toBe(true);
    expect(report.waited).toBeGreaterThan(0);
  });
});
