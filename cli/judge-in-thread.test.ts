import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";

import { afterAll, beforeAll, expect, test } from "vitest";
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

let path: string;
beforeAll(async () => {
  path = await longHistory();
});
const timing = { elapsed_s: 1, operations_per_s: 60_000 };

test("a long history is judged in a thread, as it would be here, while the event loop goes on", async () => {
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  let said = "";
  const stream = new Writable({
    write(text, _, done) {
      said += String(text);
      done();
    },
  });
  const status = new StatusLine(stream as NodeJS.WriteStream);
  const history = [path, 60_000, counting, timing] as const;
  const result = await judgeInThread(status, "redis incr", [...history]);
  clearInterval(turning);
  expect(turns).toBeGreaterThan(1);
  expect(said).toMatch(/^redis incr: reading its history  0\.0 MB of [\d.]+ MB$/m);
  expect(result).toEqual(await judgeLoad(...history));
  expect(result.anomaly).toBe("not linearizable");
});

test("a history that is too long for the memory there is: one sentence", async () => {
  const judging = judgeInThread(
    new StatusLine(),
    "redis incr",
    [path, 60_000, counting, timing],
    1,
  );
  await expect(judging).rejects.toThrow(
    `The history ${path} cannot be judged within 1 MB: run fewer --operations.`,
  );
});
