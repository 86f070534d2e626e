/** The first programs of every shelf with plain drivers, as `npm run gallery` runs all of them: none of the repaired ones may be reported. */
import { expect, inject, test } from "vitest";
import { isRight, judge } from "./judge.ts";
import { whereOf } from "./program.ts";
import { with_drivers } from "./shelves.ts";

const first = 2;

test("there are at least 40 programs, each with a name of its own", () => {
  const names = with_drivers.flatMap((shelf) =>
    shelf.programs.map(({ name }) => `${whereOf(shelf)}: ${name}`),
  );
  expect(names.length).toBeGreaterThanOrEqual(40);
  expect(new Set(names).size).toBe(names.length);
});

test.each(with_drivers.map((shelf) => [whereOf(shelf), shelf] as const))(
  "%s",
  async (_where, shelf) => {
    for (const program of shelf.programs.slice(0, first)) {
      const judged = await judge(shelf, program, inject("servers"));
      expect(isRight(judged), `${judged.racy.text}\n\n${judged.repaired.text}`).toBe(true);
    }
  },
);
