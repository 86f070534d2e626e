import { seeded } from "../random-history.ts";
import { type Between, invalidHistory, someLook, validHistory } from "./histories.ts";
import { judge, ways } from "./judge.ts";
import { kinds } from "./kinds.ts";

/** Explaining what is wrong can take seconds: the checker is only asked about histories of at most this length. */
const explained_operations = 40;

interface Counts {
  readonly valid: Told;
  readonly invalid: Told;
  operations: number;
}
type Told = Record<"valid" | "invalid" | "unknown", number>;

/** Told at the end: how many histories have at least so many operations. */
const sizes = [20, 100, 400, 2_000];

const none = (): Told => ({ valid: 0, invalid: 0, unknown: 0 });

/**
 * Judges histories whose verdicts are certain, and counts the verdicts by kind. Their numbers of
 * operations are between the given ones; what is not judged after `timeout_ms` counts as unknown.
 */
export class Campaign {
  /** What was judged wrongly, for people. */
  readonly wrong: string[] = [];
  readonly counts: ReadonlyMap<string, Counts>;
  readonly #of_size = sizes.map(() => 0);
  readonly #names: readonly string[];
  readonly #seed: number;
  readonly #operations: Between;
  readonly #timeout_ms: number;

  constructor(names: readonly string[], seed: number, operations: Between, timeout_ms: number) {
    this.#names = names;
    this.#seed = seed;
    this.#operations = operations;
    this.#timeout_ms = timeout_ms;
    this.counts = new Map(
      names.map((name) => [name, { valid: none(), invalid: none(), operations: 0 }]),
    );
  }

  /** Each round can be run again by itself. */
  round(round: number): void {
    const name = this.#names[round % this.#names.length]!;
    const kind = kinds[name];
    if (kind === undefined)
      throw new Error(`There is no kind "${name}"; there are ${Object.keys(kinds).join(", ")}.`);
    const random = seeded(this.#seed + Math.imul(round, 0x9e3779b1));
    const turn = Math.floor(round / this.#names.length);
    const expected = turn % 2 === 0 ? "valid" : "invalid";
    let way = ways[(turn >> 1) % ways.length]!;
    const look = someLook(random, this.#operations);
    const make = expected === "valid" ? validHistory : invalidHistory;
    const operations = make(kind, look, random);
    if (expected === "invalid" && way === "checker" && operations.length > explained_operations)
      way = "both searches";
    const counts = this.counts.get(name)!;
    counts.operations += operations.length;
    for (const [index, size] of sizes.entries())
      if (operations.length >= size) this.#of_size[index]!++;
    const wrong = (why: string): void =>
      void this.wrong.push(`${why}\n${JSON.stringify(operations)}`);
    const where = `seed ${this.#seed}, round ${round}, ${name}, ${way}, ${JSON.stringify(look)}`;
    try {
      const told = judge(operations, kind, way, random() < 0.3, this.#timeout_ms);
      counts[expected][told]++;
      if (told !== expected && told !== "unknown")
        wrong(`${where}: ${told}, but it is ${expected}`);
    } catch (error) {
      wrong(`${where}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  print(): void {
    const total = { valid: none(), invalid: none() };
    for (const [name, counts] of this.counts) {
      console.log(
        `${name}: ${counts.operations} operations. ${toldOf(counts.valid, counts.invalid)}`,
      );
      for (const told of ["valid", "invalid", "unknown"] as const) {
        total.valid[told] += counts.valid[told];
        total.invalid[told] += counts.invalid[told];
      }
    }
    console.log(`all: ${toldOf(total.valid, total.invalid)}`);
    const large = sizes.map((size, index) => `${this.#of_size[index]} of at least ${size}`);
    console.log(`by operations: ${large.join(", ")}`);
    console.log(`${this.wrong.length} wrong`);
  }
}

function toldOf(valid: Told, invalid: Told): string {
  return (
    `Valid by construction: ${valid.valid} valid, ${valid.invalid} invalid, ${valid.unknown} unknown. ` +
    `With a violation: ${invalid.invalid} invalid, ${invalid.valid} valid, ${invalid.unknown} unknown.`
  );
}
