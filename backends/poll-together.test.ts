import { expect, it } from "vitest";
import { pollTogether } from "./poll-together.ts";

it("merges what is asked while a question is under way into the next one", async () => {
  const asked: (readonly number[])[] = [];
  const poll = pollTogether(async (ids) => {
    asked.push(ids);
    await Promise.resolve();
    return new Set(ids.filter((id) => id % 2 === 1));
  });
  const answers = await Promise.all([poll([1, 2]), poll([3]), poll([2, 5])]);
  expect(asked).toEqual([
    [1, 2],
    [3, 2, 5],
  ]);
  expect(answers[0]).toEqual(new Set([1]));
  expect(answers[2]).toEqual(new Set([3, 5]));
});

it("goes on after a question that failed", async () => {
  let fails = true;
  const poll = pollTogether((ids) =>
    fails ? Promise.reject(new Error("no answer")) : Promise.resolve(new Set(ids)),
  );
  await expect(poll([1])).rejects.toThrow("no answer");
  fails = false;
  expect(await poll([1])).toEqual(new Set([1]));
});
