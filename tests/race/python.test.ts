import { describe, expect, test } from "vitest";
import { commandOf } from "./languages.ts";
import { counter, put_back, raceOn } from "./race.test-support.ts";

const python = commandOf({
  name: "python",
  commands: ["/usr/bin/python3", "python3"],
  probe: ["-c", "import pymysql, psycopg2"],
});

describe.runIf(python).each([
  ["mysql", "pymysql"],
  ["postgres", "psycopg2"],
] as const)("Python on %s with %s", (kind, library) => {
  const increment = (how: string, check = counter.check) =>
    raceOn({
      ...counter,
      check,
      kind,
      setup: put_back[kind],
      argv: [python!, `examples/any-language/python/${library}_increment.py`, how],
    });

  test("an increment that is read and written loses", async () => {
    const { kind, text, token } = await increment("racy");
    expect(text).toMatch(/failed check on (MySQL|PostgreSQL) [\s\S]*answered (0|false)/);
    expect(text).toContain("UPDATE Counter SET count_value = 1");
    expect([kind, token !== undefined]).toEqual(["race", true]);
  });

  test("the serial orders say so, too", async () => {
    const { kind, text } = await increment("racy", []);
    expect(text).toMatch(/unlike any serial order on/);
    expect(text).toContain("The nearest is client 1, then client 2:");
    expect(text).toContain("client 2 printed 1, there it printed 2");
    expect(kind).toBe("race");
  });

  test("under a lock it does not", async () => {
    const { kind, exploration } = await increment("repaired");
    expect([kind, exploration?.doubt, exploration?.proof]).toEqual(["none found", undefined, true]);
    expect(exploration?.waited).toBeGreaterThan(0);
  });
});
