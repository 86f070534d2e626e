import { inspect } from "node:util";
import { expect, test } from "vitest";
import { keepAside } from "./keep-aside.ts";

test("what a test runner prints of an error is its message; a program reads all of it", () => {
  const error = new Error("an update is lost") as Error & { exploration: unknown };
  const exploration = { outcomes: { "a long story": 1 } };
  keepAside(error, { exploration });
  for (const printed of [inspect(error), JSON.stringify(error)]) {
    expect(printed).toContain("an update is lost");
    expect(printed).not.toContain("a long story");
  }
  expect(error.exploration).toBe(exploration);
});
