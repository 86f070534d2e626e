import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readHistory } from "./read-history.ts";

const folder = mkdtempSync(join(tmpdir(), "raceproof-read-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string | Buffer): string {
  const path = join(folder, "history.jsonl");
  writeFileSync(path, content);
  return path;
}

const invoke =
  '{"index":0,"time_ns":1,"process":0,"type":"invoke","f":"add","key":"k","input":1}\n';
const ok = '{"index":1,"time_ns":2,"process":0,"type":"ok","output":1}\n';
const header =
  '{"raceproof":1,"backend":"b","server":"s","strategy":"x","isolation":null,"seed":1,"clients":2,"started":"t"}\n';

test("a file that is broken is closed, too", async () => {
  const open = (): number => readdirSync("/dev/fd").length;
  const before = open();
  for (let time = 0; time < 5; time++)
    await expect(readHistory(file("{"), { format: "jsonl" })).resolves.toBeDefined();
  for (let time = 0; time < 5; time++)
    await expect(readHistory(file("{\n"), { format: "jsonl" })).rejects.toThrow("line 1");
  expect(open()).toBe(before);
});

describe("readHistory, JSONL", () => {
  test("with a header or without", async () => {
    const bare = await readHistory(file(invoke + ok));
    expect(bare.header).toBeUndefined();
    expect(bare.operations).toHaveLength(1);
    expect((await readHistory(file(header + invoke + ok))).header?.seed).toBe(1);
    expect((await readHistory(file(`\uFEFF${header}\n${invoke}`))).operations).toHaveLength(1);
  });

  test("the last line of a killed run may be cut off, and that is said", async () => {
    const { operations, notes } = await readHistory(file(invoke + ok.slice(0, 20)));
    expect(operations[0]?.status).toBe("info");
    expect(notes).toEqual(["The last line (2) is cut off, as by a killed run; it was left out."]);
    const half = Buffer.from(`${invoke}{"index":1,"é`).subarray(0, -1);
    expect((await readHistory(file(half))).notes).toHaveLength(1);
  });

  test("lines are joined over the edges of pieces", async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) =>
      i % 2 === 0
        ? `{"index":${i},"time_ns":1,"process":0,"type":"invoke","f":"add","key":"ключ","input":1}`
        : `{"index":${i},"time_ns":1,"process":0,"type":"ok","output":${i}}`,
    );
    const { operations, events } = await readHistory(file(lines.join("\n")));
    expect(events).toBe(30_000);
    expect(
      operations.every(({ key, output, invoked }) => key === "ключ" && output === invoked + 1),
    ).toBe(true);
  });

  test.each([
    ["is empty", ""],
    ["is packed, and damaged: unexpected end of file.", Buffer.from([0x1f, 0x8b, 8, 0, 0, 1])],
    ["is a binary file, not a history", Buffer.from([0x1f, 0xff, 0xfe, 10, 65, 10])],
    ["line 2 is not JSON: ", `${invoke}not json\n${ok}`],
    ["line 2: an event must be a JSON object", `${invoke}7\n`],
    [
      'line 2: "type" must be invoke, ok, fail or info, not "done"',
      invoke + ok.replace('"ok"', '"done"'),
    ],
    [
      'line 2: "index" must grow from line to line, but 0 follows 0',
      invoke + ok.replace('"index":1', '"index":0'),
    ],
    ['line 1: "process" must be a number from 0', invoke.replace('"process":0', '"process":-1')],
    ['line 1: an invoke needs "f"', invoke.replace('"f":"add",', "")],
    ['line 1: "key" must be a string', invoke.replace('"key":"k"', '"key":5')],
    ['line 1: "time_ns"', invoke.replace('"time_ns":1', '"time_ns":"1"')],
    ['line 1: "index" must be a number', invoke.replace('"index":0', '"index":0.5')],
    ['line 1: the header\'s "clients" is wrong', header.replace('"clients":2', '"clients":0')],
    ["line 2 is a header", header + header],
    [
      "line 2: process 0 starts an operation, but its last one (line 1) has not returned",
      invoke + invoke.replace('"index":0', '"index":1'),
    ],
  ])("%s", async (sentence, content) => {
    const path = file(content);
    await expect(readHistory(path)).rejects.toThrow(sentence);
    await expect(readHistory(path)).rejects.toThrow(path);
  });

  test("a file that is not there", async () => {
    await expect(readHistory(join(folder, "none"))).rejects.toThrow("none: it is not there.");
    await expect(readHistory(folder)).rejects.toThrow("it is a folder.");
  });
});
