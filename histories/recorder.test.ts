import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { Header } from "./event.ts";
import { readHistory } from "./read-history.ts";
import { Recorder } from "./recorder.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-recorder-"));
afterAll(() => rmSync(folder, { recursive: true }));

const header: Header = {
  raceproof: 1,
  backend: "redis",
  server: "Redis 8",
  strategy: "INCR",
  isolation: null,
  seed: 7,
  clients: 2,
  initial: 0,
  started: "2026-11-21T10:00:00Z",
};

describe("Recorder", () => {
  test("what it writes can be read back, operation by operation", async () => {
    const path = join(folder, "a.jsonl");
    const recorder = new Recorder(path, header);
    await Promise.all([recorder.invoke(0, "add", 'k"1', 1), recorder.invoke(1, "add", "k2", 1)]);
    recorder.ok(0, 1);
    expect(recorder.info(1, "connection\nlost")).toBe(3);
    await recorder.invoke(3, "read", "k2", null);
    recorder.fail(3, "refused");
    await recorder.invoke("nemesis", "kill", "server", null);
    recorder.close();

    const history = await readHistory(path);
    expect(history.header).toEqual(header);
    expect(history.events).toBe(7);
    expect(
      history.operations.map(({ process, key, status, output, error, invoked, returned }) => [
        process,
        key,
        status,
        output,
        error,
        invoked,
        returned,
      ]),
    ).toEqual([
      [0, 'k"1', "ok", 1, undefined, 0, 2],
      [1, "k2", "info", undefined, "connection\nlost", 1, Infinity],
      [3, "k2", "fail", undefined, "refused", 4, 5],
    ]);
  });

  test("an input that has changed is written as it is now", async () => {
    const path = join(folder, "changed.jsonl");
    const recorder = new Recorder(path, header);
    const input = { hold_ms: 1 };
    for (const next of ["k1", "k2"]) {
      await recorder.invoke(0, "add", next, input);
      recorder.ok(0, [next]);
      input.hold_ms++;
    }
    recorder.close();
    const { operations } = await readHistory(path);
    expect(operations.map(({ key, input, output }) => ({ key, input, output }))).toEqual([
      { key: "k1", input: { hold_ms: 1 }, output: ["k1"] },
      { key: "k2", input: { hold_ms: 2 }, output: ["k2"] },
    ]);
  });

  test("an output that is no JSON leaves no half line", async () => {
    const path = join(folder, "half.jsonl");
    const recorder = new Recorder(path, header);
    await recorder.invoke(0, "add", "k", 1);
    expect(() => recorder.ok(0, 5n)).toThrow("BigInt");
    recorder.fail(0, "no JSON");
    recorder.close();
    const { operations } = await readHistory(path);
    expect(operations.map(({ status }) => status)).toEqual(["fail"]);
  });

  test("an invoke is in the file once it resolves", async () => {
    const path = join(folder, "b.jsonl");
    const recorder = new Recorder(path, header);
    const written = recorder.invoke(0, "add", "k", 1);
    expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(1);
    await written;
    expect(readFileSync(path, "utf8").trim().split("\n")).toHaveLength(2);
    recorder.close();
  });

  test("a place that cannot be written is one sentence", () => {
    const path = join(folder, "missing", "a.jsonl");
    expect(() => new Recorder(path, header)).toThrow(
      `Cannot write the history ${path}: it is not there.`,
    );
  });

  test.skipIf(!existsSync("/dev/full"))("a full disk is told by invoke and by close", async () => {
    const recorder = new Recorder("/dev/full", header);
    const sentence = "Cannot write the history /dev/full: the disk is full.";
    await expect(recorder.invoke(0, "add", "k", 1)).rejects.toThrow(sentence);
    recorder.ok(0, 1);
    expect(() => recorder.close()).toThrow(sentence);
    expect(() => recorder.close()).not.toThrow();
  });

  test("a killed process leaves every invoke that had resolved", async () => {
    const path = join(folder, "killed.jsonl");
    const script = join(folder, "killed.mts");
    const recorder = new URL("./recorder.ts", import.meta.url).href;
    writeFileSync(
      script,
      `import { Recorder } from ${JSON.stringify(recorder)};
       const recorder = new Recorder(${JSON.stringify(path)}, ${JSON.stringify(header)});
       await recorder.invoke(0, "add", "k", 1);
       recorder.ok(0, 1);
       await recorder.invoke(1, "add", "k", 1);
       process.kill(process.pid, "SIGKILL");`,
    );
    const run = spawnSync(process.execPath, ["--import", import.meta.resolve("tsx"), script]);
    expect(run.signal).toBe("SIGKILL");
    const { operations } = await readHistory(path);
    expect(operations.map((operation) => operation.status)).toEqual(["ok", "info"]);
  });
});
