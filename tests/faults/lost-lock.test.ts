/**
 * The classic: a client stands still (garbage collection, a swapped-out machine) while it holds a lock in
 * Redis, the lock expires, another client gets it, and then the first goes on as if nothing had happened.
 * https://martin.kleppmann.com/2016/02/08/how-to-do-distributed-locking.html
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { afterAll, expect, inject, test } from "vitest";
import { type Backend, type Gate, open_gate, type Step } from "../../backends/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import { judgeLoad } from "../../matrix/load/judge-load.ts";
import { runLoad } from "../../matrix/load/load.ts";
import { type Random, seeded } from "../../matrix/load/random.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import { lock, lockFenced } from "../../suites/counter/redis/lock.ts";
import { counting } from "../../suites/counter/workload.ts";

const seed = Date.now() % 1e6;
const out = mkdtempSync(join(tmpdir(), "raceproof-lock-"));
afterAll(() => rmSync(out, { recursive: true }));

/** The longest that a client sleeps while it waits for another one to write. */
const doze_limit_ms = 1_000;

/** Between reading the counter and writing it, a client falls asleep now and then; only one at a time. */
class Bedroom {
  dozes = 0;
  readonly #random: Random;
  readonly #expire: () => Promise<void>;
  #wake: (() => void) | undefined;

  constructor(random: Random, expire: () => Promise<void>) {
    this.#random = random;
    this.#expire = expire;
  }

  gate(): Gate {
    let has_read = false;
    return {
      pass: async (step: Step, send) => {
        const writes = has_read && step.kind === "write";
        has_read = step.kind === "read";
        if (!writes) return send();
        if (this.#wake === undefined && this.#random() < 0.2) {
          await this.#doze();
          return send();
        }
        const reply = await send();
        this.#wake?.();
        return reply;
      },
    };
  }

  /** Sleeps until the lock has expired and another client has written. */
  async #doze(): Promise<void> {
    this.dozes++;
    const awake = new Promise<void>((wake) => {
      this.#wake = wake;
    });
    await this.#expire();
    await Promise.race([awake, sleep(doze_limit_ms)]);
    this.#wake = undefined;
  }
}

/** Loads a strategy with clients that fall asleep while they hold its lock. */
async function load(strategy: Strategy<Redis>) {
  await using redis = await connectRedis(inject("servers").redis);
  await using other = await redis.open(open_gate);
  const key = `${redis.prefix}${strategy.name}`;
  const bedroom = new Bedroom(seeded(seed), () => strategy.expire!(other.client, key));
  const sleepy: Backend<Redis> = {
    ...redis,
    open: (_gate, options) => redis.open(bedroom.gate(), options),
  };
  const path = join(out, `${strategy.name}.jsonl`);
  const size = { clients: 5, operations: 20, seed };
  const timing = await runLoad<Redis>({
    backend: sleepy,
    workload: counting,
    strategy,
    isolation: null,
    keys: [key],
    read_share: 0,
    path,
    ...size,
  });
  expect(bedroom.dozes).toBeGreaterThan(0);
  return await judgeLoad(path, 100, counting, timing);
}

test(`the lock alone loses updates (seed ${seed})`, async () => {
  const { anomaly, figures } = await load(lock);
  expect(anomaly).toBe("lost update");
  expect(figures["lost"]).toBeGreaterThan(0);
});

test(`with a fencing token the late writer is refused, and nothing is lost (seed ${seed})`, async () => {
  const { anomaly, verdict, failed, acknowledged } = await load(lockFenced);
  expect([anomaly, verdict.verdict]).toEqual([undefined, "valid"]);
  expect(failed["refused"]).toBeGreaterThan(0);
  expect(acknowledged).toBeGreaterThan(0);
});
