/**
 * Scenarios are generated (as in Lincheck): operations meet, two at a time and then three, with arguments that
 * fast-check makes. Each first runs alone, which shows which of them conflict: those that touch the same table, at
 * least one of them writing, meet first. A race is shrunk twice: fast-check makes its arguments smaller, and for each
 * try a search through the schedules makes those smaller.
 */
import * as fc from "fast-check";
import { now_ms } from "../backends/real-time.ts";
import { BadOptions } from "../schedules/bad-options.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import { pickFrom } from "../schedules/search/search.ts";
import { sharedBy, type Touch, touchesOf } from "../schedules/touches.ts";
import type { AroundOperation, Databases, ExploreOptions } from "./explore-options.ts";
import { withProgram } from "./open-program.ts";
import type { ScenarioOperation, ScenarioOptions } from "./scenario-options.ts";
import { testTime } from "./test-runner.ts";

const runs_default = 3;
const time_limit_default_ms = 60_000;
/** The most schedules of a search with three clients: an exhaustive one takes too long. */
const schedules_of_three = 100;

/** Operations that meet, and what was found. */
export interface Meeting {
  readonly operations: readonly string[];
  /** `not reached`: the time was up first, or nothing raced. */
  readonly ended: "proved" | "none found" | "raced" | "not reached";
  /** How many scenarios were explored, each with other arguments. */
  readonly scenarios: number;
}

/** The result of exploring one scenario. */
export interface Explored {
  readonly schedules: number;
  readonly proof: boolean;
}

/** How one scenario is explored, and what its errors mean. */
export interface ExploreScenario<Client> {
  readonly explore: (options: ExploreOptions<Client>) => Promise<Explored>;
  readonly isRace: (error: unknown) => boolean;
  /** Whether the error only says that the time was up, or that nothing races with these arguments. */
  readonly saysNothing: (error: unknown) => boolean;
}

/** The results of all meetings, and the first race. */
export interface Scenarios {
  readonly name: string;
  readonly seed: number;
  readonly meetings: readonly Meeting[];
  readonly schedules: number;
  readonly race: unknown;
}

interface Known<Client> {
  readonly name: string;
  readonly values: fc.Arbitrary<readonly unknown[]>;
  readonly run: (db: Client, ...values: readonly unknown[]) => unknown;
}

/** @throws BadOptions, and whatever stops an exploration, except a race */
export async function exploreScenarios<Client, D extends Databases>(
  options: ScenarioOptions<Client, D>,
  one: ExploreScenario<Client>,
): Promise<Scenarios> {
  const { operations, runs = runs_default, seed = 1, timeLimitMs, ...rest } = options;
  const known = Object.entries(operations).map(([name, operation]) => knownOf(name, operation));
  if (known.length === 0) throw new BadOptions("explore: `operations` has none.");
  const until_ms = now_ms() + (timeLimitMs ?? testTime()?.left_ms ?? time_limit_default_ms);
  const run = known.map(({ run }) => run);
  return withProgram({ ...rest, run, seed }, (program) =>
    new Meetings(program.options, known, { ...one, runs, seed, until_ms }).all(),
  );
}

interface MeetingsOptions<Client> extends ExploreScenario<Client> {
  readonly runs: number;
  readonly seed: number;
  readonly until_ms: number;
}

class Meetings<Client> {
  readonly #program: ExploreOptions<Client>;
  readonly #known: readonly Known<Client>[];
  readonly #options: MeetingsOptions<Client>;
  #schedules = 0;
  #race: unknown;

  constructor(
    program: ExploreOptions<Client>,
    known: readonly Known<Client>[],
    options: MeetingsOptions<Client>,
  ) {
    this.#program = program;
    this.#known = known;
    this.#options = options;
  }

  async all(): Promise<Scenarios> {
    const touched = new Map<string, readonly Touch[]>();
    for (const operation of this.#known)
      touched.set(operation.name, await this.#touchedBy(operation));
    const conflictsOf = (group: readonly Known<Client>[]): number =>
      pairsIn(group)
        .map(([a, b]) => sharedBy(touched.get(a.name)!, touched.get(b.name)!).length)
        .reduce((sum, count) => sum + count, 0);
    const inOrder = (groups: readonly (readonly Known<Client>[])[]) =>
      groups.toSorted((a, b) => conflictsOf(b) - conflictsOf(a));
    const meetings: Meeting[] = [];
    for (const group of [
      ...inOrder(groupsOf(this.#known, 2)),
      ...inOrder(groupsOf(this.#known, 3)),
    ])
      meetings.push(await this.#meet(group));
    const { name } = this.#program;
    const { seed } = this.#options;
    return { name, seed, meetings, schedules: this.#schedules, race: this.#race };
  }

  async #meet(group: readonly Known<Client>[]): Promise<Meeting> {
    const { runs, seed, until_ms, isRace, saysNothing } = this.#options;
    const operations = group.map(({ name }) => name);
    const left_ms = until_ms - now_ms();
    if (left_ms <= 0) return { operations, ended: "not reached", scenarios: 0 };
    let [scenarios, proved] = [0, 0];
    let race: unknown;
    let trouble: unknown;
    const property = fc.asyncProperty(
      fc.tuple(...group.map(({ values }) => values)),
      async (values) => {
        if (trouble !== undefined) return true;
        try {
          const { proof, schedules } = await this.#explore(group, values);
          this.#schedules += schedules;
          scenarios++;
          if (proof) proved++;
          return true;
        } catch (error) {
          if (isRace(error)) race = error;
          else if (!saysNothing(error)) trouble = error;
          return !isRace(error);
        }
      },
    );
    const has_values = group.some(({ values }) => values !== nothing);
    await fc.check(property, {
      seed,
      numRuns: has_values ? runs : 1,
      interruptAfterTimeLimit: left_ms,
      skipAllAfterTimeLimit: left_ms,
    });
    if (trouble !== undefined) throw trouble;
    this.#race ??= race;
    if (race !== undefined) return { operations, ended: "raced", scenarios: scenarios + 1 };
    if (scenarios === 0) return { operations, ended: "not reached", scenarios };
    return { operations, ended: proved === scenarios ? "proved" : "none found", scenarios };
  }

  #explore(group: readonly Known<Client>[], values: readonly (readonly unknown[])[]) {
    const calls = group.map(({ name }, i) => `${name}(${values[i]!.map(inWords).join(", ")})`);
    const { until_ms, explore } = this.#options;
    return explore({
      ...this.#program,
      name: `${this.#program.name}: ${calls.join(", ")}`,
      clients: group.length,
      ...(group.length > 2 ? { schedules: schedules_of_three } : {}),
      timeLimitMs: Math.max(1, until_ms - now_ms()),
      run: async (db, { client }: AroundOperation<Client>) =>
        group[client - 1]!.run(db, ...values[client - 1]!),
    });
  }

  /** What an operation touches when it runs alone, with the first arguments that its arbitraries make. */
  async #touchedBy({ values, run }: Known<Client>): Promise<readonly Touch[]> {
    const [first = []] = fc.sample(values, { seed: this.#options.seed, numRuns: 1 });
    await using lane = newLane<Client>({
      backend: this.#program.backend,
      name: this.#program.name,
      own_database: true,
      isolation: this.#program.isolation,
      program: {
        setup: async (db, key, clients) => void (await this.#program.setup(db, key, clients)),
        run: async (db) => run(db, ...first),
        check: async () => true,
        sharedConnection: this.#program.sharedConnection ?? false,
      },
    });
    const { trace } = await lane.play({ operations: [1], pick: pickFrom([]), faults: [] });
    return trace.steps.flatMap(touchesOf);
  }
}

const nothing: fc.Arbitrary<readonly unknown[]> = fc.constant([]);

function knownOf<Client>(name: string, operation: ScenarioOperation<Client>): Known<Client> {
  const parts: readonly unknown[] = typeof operation === "function" ? [operation] : operation;
  const run = parts.at(-1);
  if (typeof run !== "function")
    throw new BadOptions(
      `explore: operations.${name} must be a function, or arbitraries and then a function.`,
    );
  const arbitraries = parts.slice(0, -1) as fc.Arbitrary<unknown>[];
  return {
    name,
    values: arbitraries.length === 0 ? nothing : fc.tuple(...arbitraries),
    run: run as Known<Client>["run"],
  };
}

/** All ways to choose `size` of them; each may be chosen more than once. */
function groupsOf<T>(all: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return all.flatMap((first, i) =>
    groupsOf(all.slice(i), size - 1).map((rest) => [first, ...rest]),
  );
}

const pairsIn = <T>(group: readonly T[]): [T, T][] =>
  group.flatMap((a, i) => group.slice(i + 1).map((b): [T, T] => [a, b]));

const inWords = (value: unknown): string => JSON.stringify(value) ?? String(value);
