/** The counter of database/sql on MySQL in all its ways, and an increment with lib/pq and with pgx. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RaceResult } from "../../race/options.ts";
import { commandOf } from "./languages.ts";
import { counter, put_back, raceOn } from "./race.test-support.ts";

const sources = "/usr/share/gocode";
const environment = { ...process.env, GO111MODULE: "off", GOPATH: sources, CGO_ENABLED: "0" };
const go = commandOf({
  name: "go",
  commands: ["go"],
  probe: ["list", "github.com/go-sql-driver/mysql", "github.com/jackc/pgx/v4", "github.com/lib/pq"],
  environment,
});

const folder = mkdtempSync(join(tmpdir(), "raceproof-go-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe.runIf(go)("Go", () => {
  beforeAll(() => {
    for (const program of ["counter", "pq_increment", "pgx_increment"]) {
      const argv = ["build", "-o", join(folder, program), `./examples/any-language/go/${program}`];
      execFileSync(go!, argv, { env: environment });
    }
  });

  const count = (way: string): Promise<RaceResult> =>
    raceOn({
      ...counter,
      kind: "mysql",
      setup: put_back.mysql,
      ...(way === "redis-lock"
        ? { another: { kind: "redis", setup: ["DEL lock"] }, schedules: 12 }
        : {}),
      argv: [join(folder, "counter"), way],
    });

  test.each([
    ["read-write", /failed check/],
    ["read-write-where", /failed check/],
    ["transaction", /failed check/],
    ["serializable", /error exit 1 on MySQL[\s\S]*Error 1213: Deadlock found/],
  ])("%s loses an update, or the whole operation", async (way, sentence) => {
    const { kind, text } = await count(way);
    expect(text).toMatch(sentence);
    expect(kind).toBe("race");
  });

  test.each([
    ["serializable-again", undefined],
    ["pessimistic", undefined],
    ["optimistic", undefined],
    ["atomic", undefined],
    // A loop that polls is not explored to its end.
    ["redis-lock", "cut short"],
  ])("%s counts right", async (way, doubt) => {
    const { kind, text, exploration } = await count(way);
    expect(kind, text).toBe("none found");
    expect(exploration?.doubt?.kind, text).toBe(doubt);
  });

  describe.each(["pq_increment", "pgx_increment"])("%s", (program) => {
    const increment = (how: string): Promise<RaceResult> =>
      raceOn({
        ...counter,
        kind: "postgres",
        setup: put_back.postgres,
        argv: [join(folder, program), how],
      });

    test("racy, and repaired", async () => {
      const racy = await increment("racy");
      expect(racy.text).toMatch(/both read .*0/);
      const repaired = await increment("repaired");
      expect(repaired.exploration?.proof, repaired.text).toBe(true);
    });
  });
});
