/** The options of `explore` when it makes the scenarios itself. */
import type * as fc from "fast-check";
import type { Databases, ProgramOptions } from "./explore-options.ts";

/**
 * An operation of an application: fast-check arbitraries for its arguments, then the function; without arguments, the
 * function alone. `[fc.integer({ min: 1, max: 100 }), (db, amount) => withdraw(db, "alice", amount)]`
 */
export type ScenarioOperation<Client> =
  | ((db: Client) => unknown)
  | readonly [
      ...fc.Arbitrary<unknown>[],
      // oxlint-disable-next-line typescript/no-explicit-any -- what each arbitrary makes cannot be told from a list of several.
      (db: Client, ...values: any[]) => unknown,
    ];

/**
 * An application whose operations meet one another, two and then three at a time, with generated arguments. What they
 * do one after the other is right.
 */
export interface ScenarioOptions<Client, D extends Databases = Databases>
  extends Omit<
    ProgramOptions<Client, D>,
    "run" | "operations" | "clients" | "check" | "operation" | "require" | "exhaustive" | "repairs"
  > {
  /** By name. Those that touch the same tables meet first. */
  readonly operations: Readonly<Record<string, ScenarioOperation<Client>>>;
  /** How often the same operations meet, each time with other arguments. Default 3. */
  readonly runs?: number;
  /**
   * In milliseconds: no meeting begins later, and the report says which were not reached. Default a minute; under
   * vitest nine tenths of the test's own limit.
   */
  readonly timeLimitMs?: number;
}
