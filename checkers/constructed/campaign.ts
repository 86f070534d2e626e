import { seeded } from "../random-history.ts";
import { invalidHistory, someLook, validHistory } from "./histories.ts";
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
const none = (): Told => ({ valid: 0, invalid: 0, unknown: 0 });

/**
 * Judges histories whose verdicts are certain, and counts the verdicts by kind. The largest have `most`
 * operations; what is not judged after `timeout_ms` counts as unknown.
 */
export class Campaign {
  /** What was judged wrongly, for people. */
  readonly wrong: string[] = [];
  readonly counts: ReadonlyMap<string, Counts>;
  readonly #names: readonly string[];
  readonly #seed: number;
  readonly #most: number;
  readonly #timeout_ms: number;

  constructor(names: readonly string[], seed: number, most: number, timeout_ms: number) {
    this.#names = names;
    this.#seed = seed;
    this.#most = most;
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
    const look = someLook(random, this.#most);
    const make = expected === "valid" ? validHistory : invalidHistory;
    const operations = make(kind, look, random);
    if (expected === "invalid" && way === "checker" && operations.length > explained_operations)
      way = "both searches";
    const counts = this.counts.get(name)!;
    counts.operations += operations.length;
    const where = `seed ${this.#seed}, round ${round}, ${name}, ${way}, ${JSON.stringify(look)}`;
    try {
      const told = judge(operations, kind, way, random() < 0.3, this.#timeout_ms);
      counts[expected][told]++;
      if (told !== expected && told !== "unknown")
        this.wrong.push(`${where}: ${told}, but it is ${expected}`);
    } catch (error) {
      this.wrong.push(`${where}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  print(): void {
    for (const [name, { valid, invalid, operations }] of this.counts) {
      const unknown = valid.unknown + invalid.unknown;
      const histories = valid.valid + valid.invalid + invalid.valid + invalid.invalid + unknown;
      console.log(
        `${name}: ${histories} histories, ${operations} operations. ` +
          `Valid by construction: ${valid.valid} valid, ${valid.invalid} invalid, ${valid.unknown} unknown. ` +
          `With a violation: ${invalid.invalid} invalid, ${invalid.valid} valid, ${invalid.unknown} unknown.`,
      );
    }
    console.log(`${this.wrong.length} wrong`);
  }
}
