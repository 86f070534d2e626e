import { expect, test } from "vitest";
import { suites } from "../suites/suites.ts";
import { notChosen } from "./not-chosen.ts";

const counter = suites.filter(({ workload }) => workload.name === "counter");
const nothing = { cells: [], not_run: [] };

test("a backend that has none of the strategies for faults is named, with what it has", async () => {
  const flags = { backend: "postgres+redis", fault: "kill" };
  const [left, ...more] = await notChosen(flags, { suites: counter }, nothing);
  expect(left).toMatchObject({ backend: "postgres+redis", state: "not run" });
  expect(left!.reason).toMatch(
    /^With --fault only a few .* unless --strategy .*: it has redis-lock\.$/,
  );
  expect(more).toEqual([]);
});

test("one that has none of the chosen strategies", async () => {
  const flags = { backend: "redis,dynamodb", strategy: "in-place" };
  const left = await notChosen(flags, { suites: counter }, nothing);
  expect(left.map(({ backend }) => backend)).toEqual(["redis", "dynamodb"]);
  expect(left[0]!.reason).toMatch(/^None of the strategies .*: it has .*incr/);
});

test("what is not named may be left out, and what is told is not told again", async () => {
  const told = {
    ...nothing,
    not_run: [{ backend: "redis", state: "not run", reason: "" }] as const,
  };
  expect(await notChosen({}, { suites: counter }, nothing)).toEqual([]);
  expect(
    await notChosen(
      { backend: "redis" },
      { suites: counter },
      { ...told, not_run: [...told.not_run] },
    ),
  ).toEqual([]);
});
