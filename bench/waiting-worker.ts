/** A worker of the benchmark: a process that waits instead of measuring, which is all that a queue sees of it. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import { connectToQueue } from "../campaign/queue/connect.ts";
import type { Hands } from "../campaign/queue/hands.ts";
import { serve } from "../campaign/queue/serve.ts";
import type { CellResult } from "../matrix/result.ts";

/** What it is asked for, one after the other; it answers each. */
export type Asked =
  | { readonly to: "connect"; readonly url: string; readonly folder: string }
  | { readonly to: "serve"; readonly wait_ms: number }
  | { readonly to: "stop" };

/** When it has stopped: the processor time that it has used since it was asked to serve. */
export interface Answer {
  readonly used_ms: number;
}

/** A history as long as that of a cell in a run without options. */
const history =
  `${JSON.stringify({ index: 0, process: 1, type: "invoke", f: "increment" })}\n`.repeat(250);

const resultOf = (strategy: string, path: string): CellResult => ({
  ...{ workload: "counter", backend: "redis", server: "Redis", strategy, isolation: null },
  declared: {},
  load: {
    history: path,
    ...{ expected: 100, acknowledged: 100, final: 100, figures: {}, failed: {}, unknown: {} },
    ...{ overlapping: 100, elapsed_s: 1, operations_per_s: 100, p50_ms: 1, p99_ms: 2 },
    verdict: { checker: "lost-updates", verdict: "valid", reason: "All are there." },
  },
  ...{ conclusion: "as declared", remarks: [] },
});

let [redis, folder]: [Redis | undefined, string] = [undefined, ""];
let [ended, serving, before] = [new AbortController(), Promise.resolve(), process.cpuUsage()];

async function doAsAsked(asked: Asked): Promise<Answer> {
  if (asked.to === "connect") {
    redis = await connectToQueue(asked.url);
    folder = asked.folder;
  } else if (asked.to === "serve") {
    ended = new AbortController();
    before = process.cpuUsage();
    serving = serve(handsOf(redis!, asked.wait_ms, ended.signal));
  } else {
    ended.abort();
    await serving;
  }
  const { user, system } = process.cpuUsage(before);
  return { used_ms: (user + system) / 1_000 };
}

const handsOf = (redis: Redis, wait_ms: number, signal: AbortSignal): Hands => ({
  ...{ redis, signal, concurrency: 1, lost_after_ms: 30_000, folder, keep_in: folder },
  made_by: { raceproof: "bench", node: process.version },
  say: () => undefined,
  async run({ cell }, { out, progress }) {
    progress(1, 100);
    await sleep(wait_ms);
    const path = join(out, "history.jsonl");
    await writeFile(path, history);
    return resultOf(cell.strategy, path);
  },
});

process.on(
  "message",
  (asked: Asked) => void doAsAsked(asked).then((answer) => process.send!(answer)),
);
process.on("disconnect", () => redis?.disconnect());
