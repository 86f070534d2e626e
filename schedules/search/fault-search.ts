import type { Played } from "../run/lane.ts";
import type { Fault } from "../schedule.ts";
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
  readonly #kinds: readonly Fault["kind"][];
  readonly #sound: Exhaust;
  readonly #faulty: Exhaust[] = [];
  readonly #alike: boolean;
  #turn = 0;
  /** How many steps of each client were seen without a fault. */
  readonly #steps = new Map<number, number>();

  constructor(options: ExhaustOptions, kinds: readonly Fault["kind"][], alike: boolean) {
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
    for (const { client } of trace.steps) {
      if (this.#alike && client !== 1) continue;
      const steps = trace.steps.filter((step) => step.client === client).length;
      for (let step = (this.#steps.get(client) ?? 0) + 1; step <= steps; step++) {
        this.#steps.set(client, step);
        for (const fault of this.#faultsAt(client, step)) {
          this.#faulty.push(new Exhaust({ ...this.#options, faults: [fault] }));
        }
      }
    }
  }

  #faultsAt(client: number, step: number): Fault[] {
    return this.#kinds.flatMap((kind): Fault[] =>
      kind === "die"
        ? [
            { kind, client, step, connection: "closes" },
            { kind, client, step, connection: "stays" },
          ]
        : [{ kind, client, step }],
    );
  }
}
