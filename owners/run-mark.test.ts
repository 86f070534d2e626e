import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { newName, own_mark, readMark } from "./run-mark.ts";

test("a name tells who made it, since when, and that the run goes on", () => {
  const mark = readMark(newName())!;
  expect(mark).toMatchObject({ text: own_mark, pid: process.pid, state: "lives" });
  expect(Math.abs(mark.began.getTime() - (Date.now() - process.uptime() * 1000))).toBeLessThan(
    2_000,
  );
});

test("names differ, and fit where a name has 63 characters", () => {
  const names = new Set(Array.from({ length: 1_000 }, newName));
  expect(names.size).toBe(1_000);
  for (const name of names) expect(`raceproof_${name}`.length).toBeLessThan(64);
});

test("a run that has ended is over, also before its parent has looked", async () => {
  const file = new URL("./run-mark.ts", import.meta.url).href;
  const code = `import { own_mark } from "${file}"; console.log(own_mark); setInterval(() => {}, 1000);`;
  const run = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code]);
  const [said] = (await once(run.stdout, "data")) as [Buffer];
  const mark = readMark(String(said).trim())!;
  expect(mark).toMatchObject({ pid: run.pid, state: "lives" });
  run.kill("SIGKILL");
  await once(run, "exit");
  expect(mark.state).toBe("over");
});

test("a number that was given out again is not the run", () => {
  const [place, pid, ticks, seconds] = own_mark.split("_");
  const before = (Number.parseInt(ticks!, 36) - 1).toString(36);
  expect(readMark([place, pid, before, seconds].join("_"))?.state).toBe("over");
});

test("nothing is known of other machines, and nothing certain of a machine before its last start", () => {
  const [place, ...rest] = own_mark.split("_");
  const other = (from: number): string =>
    `${place!.slice(0, from)}${place![from] === "0" ? "1" : "0"}${place!.slice(from + 1)}`;
  expect(readMark([other(0), ...rest].join("_"))?.state).toBe("not ours");
  expect(readMark([other(8), ...rest].join("_"))?.state).toBe("over by restart");
});

test.each(["", "a1b2c3d4e5f6", "raceproof_1", `x${own_mark}`.toUpperCase()])(
  "%j is no mark",
  (text) => {
    expect(readMark(text)).toBeUndefined();
  },
);
