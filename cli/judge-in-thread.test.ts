import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Recorder } from "../histories/recorder.ts";
import { judgeLoad } from "../matrix/load/judge-load.ts";
import { StatusLine } from "../reports/status-line.ts";
import { counting } from "../suites/counter/workload.ts";
import { judgeInThread } from "./judge-in-thread.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-judge-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A history of nine megabytes: two clients count up, and one answer is wrong. */
async function longHistory(): Promise<string> {
  const path = join(folder, "long.jsonl");
  const about = { backend: "redis", server: "Redis 8", strategy: "incr", isolation: null };
  const started = new Date(0).toISOString();
  const header = { raceproof: 1, ...about, seed: 1, clients: 2, initial: 0, started } as const;
  const recorder = new Recorder(path, header);
  for (let count = 1; count <= 60_000; count += 2) {
    await Promise.all([recorder.invoke(0, "add", "a", 1), recorder.invoke(1, "add", "a", 1)]);
    recorder.ok(0, count);
    recorder.ok(1, count === 30_001 ? count : count + 1);
  }
  await recorder.invoke(0, "read", "a", null);
  recorder.ok(0, 60_000);
  recorder.close();
  return path;
}

test("a long history is judged in a thread, as it would be here, while the event loop goes on", async () => {
  const path = await longHistory();
  const timing = { elapsed_s: 1, operations_per_s: 60_000 };
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const status = new StatusLine();
  const result = await judgeInThread(status, "redis incr", path, 60_000, counting, timing);
  clearInterval(turning);
  expect(turns).toBeGreaterThan(1);
  expect(result).toEqual(await judgeLoad(path, 60_000, counting, timing));
  expect(result.anomaly).toBe("not linearizable");
});
