import * as fc from "fast-check";
import type { Played } from "../run/lane.ts";
import type { PickNext } from "../run/runner.ts";
import type { Fault, FaultWish } from "../schedule.ts";
import { allFaults } from "./fault-search.ts";
import { pct } from "./pct.ts";
import { sample, seeds } from "./sample.ts";
import { type Attempt, pickFrom, type Search } from "./search.ts";

/** The depth of bugs looked for: a lost update has 2, a reader between two writers 3. */
const depths = [2, 3];

/**
 * Random schedules from a seed: first the serial one, which shows how many steps there are, then by turns
 * PCT (see `pct.ts`) and uniform choices.
 */
export class RandomSearch implements Search {
  readonly exhaustive = false;
  readonly pruned = 0;
  readonly diverged = 0;
  readonly #clients: number;
  readonly #kinds: readonly FaultWish[];
  readonly #skips: number;
  readonly #random: () => number;
  #started = 0;
  /** The errors that the steps of the serial run can meet. */
  #errors: readonly Fault[] = [];
  /** Of the serial run: steps in all and of the busiest client. */
  #size: { steps: number; of_one: number } | undefined;

  /** @param skips how many schedules of this seed another search runs; the serial one is measured all the same */
  constructor(clients: number, seed: number, kinds: readonly FaultWish[], skips = 0) {
    this.#clients = clients;
    this.#kinds = kinds;
    this.#skips = skips;
    this.#random = seeds(seed, Math.max(0, skips - 1));
  }

  next(): Attempt | undefined {
    const number = this.#started;
    if (number > 0 && this.#size === undefined) return undefined;
    this.#started = Math.max(number + 1, this.#skips);
    if (number === 0) {
      const done = (played: Played): void => this.#measure(played);
      return { pick: () => 0, faults: [], done, ...(this.#skips > 0 ? { aside: true } : {}) };
    }
    const seed = this.#random();
    const pick = number % 2 === 1 ? this.#pct(seed, number) : this.#uniform(seed);
    return { pick, faults: this.#someFault(seed), done: () => undefined };
  }

  #measure({ trace }: Played): void {
    const counts = trace.operations.map(
      (_, i) => trace.steps.filter((s) => s.client === i + 1).length,
    );
    this.#errors = allFaults(trace, ["errors"]);
    this.#size = { steps: trace.steps.length, of_one: Math.max(1, ...counts) };
  }

  #pct(seed: number, number: number): PickNext {
    const depth = depths[Math.floor(number / 2) % depths.length] ?? 2;
    return pct(this.#clients, this.#size?.steps ?? 1, depth, seed);
  }

  #uniform(seed: number): PickNext {
    const length = 2 * (this.#size?.steps ?? 1);
    const choice = fc.nat(Math.max(0, this.#clients - 1));
    return pickFrom(sample(fc.array(choice, { minLength: length, maxLength: length }), seed));
  }

  /** Where faults are asked for, every random schedule has one. */
  #someFault(seed: number): Fault[] {
    if (this.#kinds.length === 0) return [];
    const fault = fc.record({
      kind: fc.constantFrom(...this.#kinds),
      client: fc.integer({ min: 1, max: this.#clients }),
      step: fc.integer({ min: 1, max: this.#size?.of_one ?? 1 }),
      connection: fc.constantFrom("closes" as const, "stays" as const),
    });
    const { kind, client, step, connection } = sample(fault, seed);
    if (kind === "errors")
      return this.#errors.length === 0 ? [] : [sample(fc.constantFrom(...this.#errors), seed)];
    return [kind === "die" ? { kind, client, step, connection } : { kind, client, step }];
  }
}
