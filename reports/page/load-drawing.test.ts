import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { Recorder } from "../../histories/recorder.ts";
import type { LoadResult } from "../../matrix/result.ts";
import { drawLoad } from "./load-drawing.ts";
import { cellOf } from "./results.test-support.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-drawing-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "long.jsonl");
const load: LoadResult = cellOf("incr", undefined).load!;

test("a long history is drawn: its first bars, and all of its slices", async () => {
  const operations = 150_000;
  const about = { backend: "redis", server: "Redis 8", strategy: "incr", isolation: null };
  const header = { raceproof: 1, ...about, seed: 1, clients: 2, started: "" } as const;
  const recorder = new Recorder(path, header);
  for (let value = 1; value <= operations; value += 2) {
    await Promise.all([recorder.invoke(0, "add", "a", 1), recorder.invoke(1, "add", "a", 1)]);
    recorder.ok(0, value);
    recorder.ok(1, value + 1);
  }
  recorder.close();
  const drawn = await drawLoad(path, load, 100);
  if ("left_out" in drawn) throw new Error(drawn.left_out);
  expect(drawn.total).toBe(operations);
  expect(drawn.ended.reduce((sum, count) => sum + count, 0)).toBe(operations);
});

test("one that was packed is too long, however small it is now", async () => {
  const packed = `${path}.gz`;
  writeFileSync(packed, gzipSync(readFileSync(path), { level: 1 }));
  expect(statSync(packed).size).toBeLessThan(64_000_000);
  const left_out = expect.stringMatching(/^Its history of \d+ MB is too long to draw\.$/);
  expect(await drawLoad(packed, load, 100)).toEqual({ left_out });
});
