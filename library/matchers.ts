/** The matchers for vitest and Jest: the same functions for both. */

import { raceName } from "../reports/race-name.ts";
import { explore, RaceFound } from "./explore.ts";
import type { ProgramOptions } from "./explore-options.ts";

/** What a matcher says to its test runner. */
interface Said {
  readonly pass: boolean;
  readonly message: () => string;
}

/** The part of the runner's own state that a matcher looks at. */
interface Runner {
  readonly isNot?: boolean;
}

/** The matchers that `raceproof/vitest` and `raceproof/jest` add to `expect`. */
export interface RaceMatchers<R = Promise<void>> {
  /**
   * Explores the program, and passes only with a proof: every interleaving was run and none failed. With
   * `exhaustive: false` in the program it passes when none of those that were run failed.
   *
   * @throws RaceFound with the smallest failing interleaving, NoProof, and whatever else `explore` throws
   * @example
   * import pg from "pg";
   * import { expect, test } from "vitest";
   * import { withDatabase } from "raceproof/vitest";
   *
   * const counters = withDatabase("postgres", "CREATE TABLE counter (n int)");
   * const client = (url) => new pg.Pool({ connectionString: url });
   * const setup = (db) => db.query("DELETE FROM counter; INSERT INTO counter VALUES (0)");
   * const run = (db) => db.query("UPDATE counter SET n = n + 1");
   * test("counts", () => expect({ ...counters, client, setup, run }).toBeRaceFree(), 60_000);
   */
  toBeRaceFree(): R;
  /**
   * Explores the program, and passes when a race is found: any, or the one that is named.
   *
   * @param expected its name, `lost update`, `unseen insert` or `unnoticed write`, or the kind of the failure (`failed
   *   check`, `mutual waiting`); or what its report must match. Default: any race
   */
  toHaveRace(expected?: string | RegExp): R;
}

type Received = ProgramOptions<unknown>;

export const matchers = {
  async toBeRaceFree(this: Runner, received: unknown): Promise<Said> {
    const { race, text } = await explored(withProof(received as Received));
    // The race itself says more than an assertion about it: its stack begins with the line to blame.
    if (race && !this.isNot) throw race;
    return { pass: race === undefined, message: () => `expected a race, but: ${text}` };
  },

  async toHaveRace(this: Runner, received: unknown, expected?: string | RegExp): Promise<Said> {
    // Who expects the race does not ask what would mend it.
    const { race, text } = await explored({ ...(received as Received), repairs: false });
    if (race === undefined)
      return { pass: false, message: () => `expected ${inWords(expected)}, but: ${text}` };
    const { failure } = race.exploration;
    const name = raceName(failure!);
    const pass =
      typeof expected === "string"
        ? expected === name || expected === failure!.kind
        : expected === undefined || expected.test(text);
    const not = pass ? "no race" : inWords(expected);
    return { pass, message: () => `expected ${not}, but there is this one (${name}):\n\n${text}` };
  },
};

const inWords = (expected: string | RegExp | undefined): string =>
  expected === undefined ? "a race" : `the race ${String(expected)}`;

function withProof(program: Received): Received {
  const { exhaustive, require: required, operations } = Object(program) as Partial<Received>;
  // Scenarios that raceproof makes itself are told one by one.
  const is_scenarios = typeof operations === "object";
  if (exhaustive === false || required !== undefined || is_scenarios) return program;
  return { ...program, require: "proof" };
}

async function explored(
  program: Received,
): Promise<{ readonly race?: RaceFound; readonly text: string }> {
  try {
    const { text } = await explore(program);
    return { text };
  } catch (error) {
    if (!(error instanceof RaceFound)) throw error;
    return { race: error, text: error.message };
  }
}
