import type { Played } from "../run/lane.ts";
import type { Fault, FaultWish } from "../schedule.ts";
import type { Trace, TraceStep } from "../trace.ts";
import { Exhaust, type ExhaustOptions } from "./dfs.ts";
import type { Attempt, Search } from "./search.ts";

/**
 * All interleavings without a fault, and all interleavings with one fault at every step of every client;
 * of client 1 alone where the clients are alike. Takes the faults in turns, so that a search cut short
 * has tried each of them.
 */
export class FaultSearch implements Search {
  readonly exhaustive = true;
  readonly #options: ExhaustOptions;
  readonly #kinds: readonly FaultWish[];
  readonly #sound: Exhaust;
  readonly #faulty: Exhaust[] = [];
  readonly #alike: boolean;
  #turn = 0;
  /** The faults that were seen to be possible. */
  readonly #planned = new Set<string>();

  constructor(options: ExhaustOptions, kinds: readonly FaultWish[], alike: boolean) {
    this.#options = options;
    this.#alike = alike;
    this.#kinds = kinds;
    this.#sound = new Exhaust(options);
  }

  get pruned(): number {
    return [this.#sound, ...this.#faulty].reduce((sum, search) => sum + search.pruned, 0);
  }

  get diverged(): number {
    return [this.#sound, ...this.#faulty].reduce((sum, search) => sum + search.diverged, 0);
  }

  next(): Attempt | undefined {
    const attempt = this.#sound.next();
    if (attempt) {
      const done = (played: Played): void => {
        attempt.done(played);
        this.#plan(played);
      };
      return { ...attempt, done };
    }
    for (let tried = 0; tried < this.#faulty.length; tried++) {
      const next = this.#faulty[this.#turn++ % this.#faulty.length]?.next();
      if (next) return next;
    }
    return undefined;
  }

  #plan({ trace }: Played): void {
    for (const fault of allFaults(trace, this.#kinds)) {
      const text = JSON.stringify(fault);
      if (this.#planned.has(text) || (this.#alike && fault.client !== 1)) continue;
      this.#planned.add(text);
      this.#faulty.push(new Exhaust({ ...this.#options, faults: [fault] }));
    }
  }
}

/** Every fault of these kinds that is possible in this schedule. */
export function allFaults({ steps }: Trace, wishes: readonly FaultWish[]): Fault[] {
  const taken = new Map<number, number>();
  return steps.flatMap((row) => {
    const { client } = row;
    const step = (taken.get(client) ?? 0) + 1;
    taken.set(client, step);
    return wishes.flatMap((wish) => faultsAt(row, { client, step }, wish));
  });
}

function faultsAt(
  { errors = [] }: TraceStep,
  place: Pick<Fault, "client" | "step">,
  wish: FaultWish,
): Fault[] {
  if (wish === "errors") return errors.map((error) => ({ kind: "error", ...place, error }));
  if (wish !== "die") return [{ kind: wish, ...place }];
  return [
    { kind: wish, ...place, connection: "closes" },
    { kind: wish, ...place, connection: "stays" },
  ];
}
