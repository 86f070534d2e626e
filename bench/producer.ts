/** The producer of a campaign as people run it: the compiled command, in a process of its own. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { purge, Queues, readCampaign } from "../campaign/queue/campaign-queue.ts";

const root = join(import.meta.dirname, "..");
const name = "bench-producer";

export interface Producer {
  /** The most memory it ever had, as the system counts it. */
  readonly peak_mb: number;
  /** From its first job in the queue to its last. */
  readonly added_ms: number;
  readonly redis_mb: number;
}

/**
 * Has `raceproof run --queue` hand out one cell as so many jobs, of one schedule each, and ends it when all of them are
 * in the queue.
 */
export async function produce(redis: Redis, url: string, jobs: number): Promise<Producer> {
  execFileSync("npm", ["run", "-s", "build"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const cell = ["--backend", "redis", "--workload", "counter", "--strategy", "incr"];
  const size = ["--schedules", `${jobs}`, "--job-schedules", "1"];
  const child = spawn(
    process.execPath,
    [
      ...["--import", join(import.meta.dirname, "tell-peak.js"), "dist/cli/main.js"],
      ...["run", "--queue", url, "--name", name, ...cell, ...size],
    ],
    { cwd: root, stdio: ["ignore", "pipe", "pipe", "ipc"] },
  );
  let said = "";
  for (const stream of [child.stdout!, child.stderr!]) stream.on("data", (text) => (said += text));
  const exited = once(child, "exit");
  try {
    const added_ms = await Promise.race([
      filled(redis, jobs),
      exited.then(() => {
        throw new Error(`the producer ended before its jobs were in the queue:\n${said}`);
      }),
    ]);
    const redis_mb = await usedMb(redis);
    const peak_mb = await peakOf(child);
    return { peak_mb, added_ms, redis_mb };
  } finally {
    child.kill("SIGINT");
    await exited;
    await purge(redis, name);
  }
}

/** Waits until so many jobs are there. @returns how long it took from the first to the last, in ms */
async function filled(redis: Redis, jobs: number): Promise<number> {
  let campaign = await readCampaign(redis, name);
  while (campaign === undefined) {
    await sleep(5);
    campaign = await readCampaign(redis, name);
  }
  const began = performance.now();
  await using queues = await Queues.of(redis, campaign);
  while ((await queues.counts()).waiting < jobs) await sleep(20);
  return performance.now() - began;
}

async function peakOf(child: ChildProcess): Promise<number> {
  const answered = once(child, "message");
  child.send("peak");
  const [peak_kb] = (await answered) as [number];
  return peak_kb / 2 ** 10;
}

async function usedMb(redis: Redis): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info("memory"))?.[1]) / 2 ** 20;
}
