import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { own_mark } from "../owners/run-mark.ts";
import { claimOut, writeResults } from "./results.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "raceproof-results-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("a folder belongs to one run, and is free after it", async () => {
  {
    await using _mine = await claimOut(folder);
    await expect(claimOut(folder)).rejects.toThrow(
      new RegExp(`^another run \\(process ${process.pid}\\) writes to ${folder}; name another`),
    );
  }
  await using _again = await claimOut(folder);
});

test("a run that was killed does not keep it, even if another process has its number now", async () => {
  const gone = spawn("true");
  await once(gone, "exit");
  const [place, pid, ticks, seconds] = own_mark.split("_");
  const earlier = (Number.parseInt(ticks!, 36) - 1).toString(36);
  for (const killed of [
    [place, gone.pid!.toString(36), ticks, seconds],
    [place, pid, earlier, seconds],
  ]) {
    await writeFile(join(folder, ".lock"), killed.join("_"));
    await using _mine = await claimOut(folder);
    expect(await readFile(join(folder, ".lock"), "utf8")).toBe(own_mark);
  }
});

test("a run elsewhere, whose folder is shared, keeps it while its number is in use here", async () => {
  const [place, ...rest] = own_mark.split("_");
  const other = `${place![0] === "0" ? "1" : "0"}${place!.slice(1)}`;
  await writeFile(join(folder, ".lock"), [other, ...rest].join("_"));
  await expect(claimOut(folder)).rejects.toThrow(/^another run/);
});

test("the results of the run before stay until the new ones are whole", async () => {
  const results = { seed: 1, clients: 2, operations: 1, elapsed_s: 1, interrupted: false };
  const path = await writeResults(folder, { ...results, cells: [], not_run: [] });
  await using _next = await claimOut(folder);
  expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject(results);
  expect(await readdir(folder)).toEqual([".lock", "results.json"]);
});
