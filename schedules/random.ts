import * as fc from "fast-check";
import type { Played } from "./lane.ts";
import type { ChoicePoint, PickNext } from "./runner.ts";
import type { Fault } from "./schedule.ts";
import { type Attempt, pickFrom, type Search } from "./search.ts";

/** A schedule by priorities: plain data, made by fast-check. */
interface Priorities {
  /** The clients, most important first. */
  readonly order: readonly number[];
  /** Before these steps the client that would go loses its priority. */
  readonly change_points: readonly number[];
}

/** The depth of bugs looked for: a lost update has 2, a reader between two writers 3. */
const depths = [2, 3];

/**
 * Random schedules from a seed: first the serial one, which shows how many steps there are, then by turns
 * PCT (Burckhardt et al., "A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs", 2010:
 * a bug of depth d shows with probability at least 1/(n·k^(d−1)) a run) and uniform choices.
 */
export class RandomSearch implements Search {
  readonly exhaustive = false;
  readonly pruned = 0;
  readonly diverged = 0;
  readonly #clients: number;
  readonly #kinds: readonly Fault["kind"][];
  readonly #random: () => number;
  #started = 0;
  /** Of the serial run: steps in all and of the busiest client. */
  #size: { steps: number; of_one: number } | undefined;

  constructor(clients: number, seed: number, kinds: readonly Fault["kind"][]) {
    this.#clients = clients;
    this.#kinds = kinds;
    this.#random = seeds(seed);
  }

  next(): Attempt | undefined {
    const number = this.#started;
    if (number > 0 && this.#size === undefined) return undefined;
    this.#started++;
    if (number === 0) return { pick: () => 0, faults: [], done: (played) => this.#measure(played) };
    const seed = this.#random();
    const pick = number % 2 === 1 ? this.#pct(seed, number) : this.#uniform(seed);
    return { pick, faults: this.#someFault(seed), done: () => undefined };
  }

  #measure({ trace }: Played): void {
    const counts = trace.operations.map(
      (_, i) => trace.steps.filter((s) => s.client === i + 1).length,
    );
    this.#size = { steps: trace.steps.length, of_one: Math.max(1, ...counts) };
  }

  #pct(seed: number, number: number): PickNext {
    const depth = depths[Math.floor(number / 2) % depths.length] ?? 2;
    const clients = Array.from({ length: this.#clients }, (_, i) => i + 1);
    const steps = this.#size?.steps ?? 1;
    const plan = fc.record({
      order: fc.shuffledSubarray(clients, { minLength: clients.length }),
      change_points: fc.array(fc.integer({ min: 1, max: Math.max(1, steps - 1) }), {
        minLength: depth - 1,
        maxLength: depth - 1,
      }),
    });
    return byPriority(one(plan, seed));
  }

  #uniform(seed: number): PickNext {
    const length = 2 * (this.#size?.steps ?? 1);
    const choice = fc.nat(Math.max(0, this.#clients - 1));
    return pickFrom(one(fc.array(choice, { minLength: length, maxLength: length }), seed));
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
    const { kind, client, step, connection } = one(fault, seed);
    return [kind === "die" ? { kind, client, step, connection } : { kind, client, step }];
  }
}

function byPriority({ order, change_points }: Priorities): PickNext {
  const ranks = new Map(order.map((client, i) => [client, order.length - i]));
  const points = [...change_points].sort((a, b) => a - b);
  let lowest = 0;
  const best = ({ candidates }: ChoicePoint): number => {
    const rank = (i: number): number => ranks.get(candidates[i]?.client ?? 0) ?? 0;
    return candidates.reduce((top, _, i) => (rank(i) > rank(top) ? i : top), 0);
  };
  return (point) => {
    while (points.length > 0 && point.steps.length >= (points[0] ?? 0)) {
      points.shift();
      ranks.set(point.candidates[best(point)]?.client ?? 0, --lowest);
    }
    return best(point);
  };
}

/** Without fast-check's bias towards small values: all schedules are equally likely. */
function one<T>(arbitrary: fc.Arbitrary<T>, seed: number): T {
  const [value] = fc.sample(fc.noBias(arbitrary), { seed, numRuns: 1 });
  return value as T;
}

/** A stream of seeds from one (Weyl sequence through the mixer of splitmix32). */
function seeds(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return z ^ (z >>> 16);
  };
}
