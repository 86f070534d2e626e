import { now_ms } from "../../backends/real-time.ts";
import type { Played } from "../run/lane.ts";
import type { PickNext } from "../run/runner.ts";
import { contextSwitches, type Fault, trimmed } from "../schedule.ts";
import { pickFrom } from "./search.ts";

export interface Shrunk {
  readonly played: Played;
  /** How many schedules were tried. */
  readonly schedules: number;
}

export type PlayCandidate = (
  operations: readonly number[],
  pick: PickNext,
  faults: readonly Fault[],
) => Promise<Played>;

const schedules_max = 250;
const time_max_ms = 20_000;

/**
 * Makes a failing schedule smaller while it fails in the same class: fewest clients, then operations,
 * then faults, then context switches, then smaller choices.
 *
 * @param until_ms it has to be content with what it has by then, by `now_ms`
 */
export async function shrink(
  found: Played,
  play: PlayCandidate,
  until_ms: number = Number.POSITIVE_INFINITY,
): Promise<Shrunk> {
  const shrinker = new Shrinker(found, play, until_ms);
  await shrinker.untilNothingChanges(() => shrinker.dropClients());
  await shrinker.untilNothingChanges(() => shrinker.dropOperations());
  await shrinker.untilNothingChanges(() => shrinker.dropFaults());
  await shrinker.firstComesFirst();
  await shrinker.dropSwitches();
  await shrinker.earlierFaults();
  return { played: shrinker.best, schedules: shrinker.schedules };
}

class Shrinker {
  best: Played;
  schedules = 0;
  readonly #play: PlayCandidate;
  readonly #kind: string | undefined;
  readonly #until_ms: number;
  readonly #found: Played;
  readonly #passes_serially = new Map<string, boolean>();

  constructor(found: Played, play: PlayCandidate, until_ms: number) {
    this.best = found;
    this.#found = found;
    this.#play = play;
    this.#kind = found.failure?.kind;
    this.#until_ms = Math.min(until_ms, now_ms() + time_max_ms);
  }

  async untilNothingChanges(pass: () => Promise<boolean>): Promise<void> {
    while ((await pass()) && !this.#spent);
  }

  async dropClients(): Promise<boolean> {
    const { operations, faults, steps } = this.best.trace;
    for (let client = operations.length; client > 0 && operations.length > 1; client--) {
      const moved = (c: number): number => (c > client ? c - 1 : c);
      const left = steps.filter((step) => step.client !== client).map((step) => moved(step.client));
      const still = faults
        .filter((fault) => fault.client !== client)
        .map((fault) => ({ ...fault, client: moved(fault.client) }));
      const rest = operations.filter((_, i) => i !== client - 1);
      if (await this.#fails(rest, follow(left), still)) return true;
    }
    return false;
  }

  async dropOperations(): Promise<boolean> {
    const { operations, faults, steps } = this.best.trace;
    for (const [i, count] of operations.entries()) {
      for (const dropped of count > 1 ? [count, 1] : []) {
        const fewer = operations.with(i, count - 1);
        const left = steps.filter((s) => s.client !== i + 1 || s.operation !== dropped);
        const order = follow(left.map((step) => step.client));
        if (await this.#fails(fewer, order, faults)) return true;
      }
    }
    return false;
  }

  async dropFaults(): Promise<boolean> {
    const { operations, faults, choices } = this.best.trace;
    for (const fault of faults) {
      const fewer = faults.filter((other) => other !== fault);
      if (await this.#fails(operations, pickFrom(choices), fewer)) return true;
    }
    return false;
  }

  /** Where clients do the same, the first to go may as well be client 1. */
  async firstComesFirst(): Promise<void> {
    const { operations, faults, steps } = this.best.trace;
    const order = [
      ...new Set([...steps.map((step) => step.client), ...operations.map((_, i) => i + 1)]),
    ];
    const renamed = (client: number): number => order.indexOf(client) + 1;
    if (order.every((client) => renamed(client) === client)) return;
    const counts = order.map((client) => operations[client - 1] ?? 0);
    const moved = faults.map((fault) => ({ ...fault, client: renamed(fault.client) }));
    await this.#fails(counts, follow(steps.map((step) => renamed(step.client))), moved);
  }

  /**
   * Tries all schedules with no context switch, then with one, with two, … (iterative context bounding,
   * Musuvathi & Qadeer 2007) up to as many as there are: the first that fails has the fewest.
   */
  async dropSwitches(): Promise<void> {
    const { operations, faults } = this.best.trace;
    let level: number[][] = [[]];
    for (let switches = 0; switches <= contextSwitches(this.best.trace.choices); switches++) {
      const next: number[][] = [];
      for (const choices of level) {
        if (this.#spent || choices.join() === trimmed(this.best.trace.choices).join()) return;
        const played = await this.#try(operations, pickFrom(choices), faults);
        if (this.#takes(played)) return;
        next.push(...withOneMore(choices, played.trace.choices.length, operations.length));
      }
      level = next.sort((a, b) => a.length - b.length);
    }
  }

  async earlierFaults(): Promise<void> {
    for (let i = 0; i < this.best.trace.faults.length; i++) {
      const { operations, choices, faults } = this.best.trace;
      const fault = faults[i] as Fault;
      for (let step = 1; step < fault.step; step++) {
        const earlier = faults.with(i, { ...fault, step });
        if (await this.#fails(operations, pickFrom(choices), earlier)) break;
      }
    }
  }

  get #spent(): boolean {
    return this.schedules >= schedules_max || now_ms() > this.#until_ms;
  }

  async #fails(
    operations: readonly number[],
    pick: PickNext,
    faults: readonly Fault[],
  ): Promise<boolean> {
    if (this.#spent) return false;
    const played = await this.#try(operations, pick, faults);
    if (played.failure?.kind !== this.#kind || !(await this.#isFair(operations))) return false;
    return this.#takes(played);
  }

  /**
   * A check may count on the number of clients: then a smaller size fails also serially, which shows
   * nothing about the race.
   */
  async #isFair(operations: readonly number[]): Promise<boolean> {
    const original = this.#found.trace.operations;
    if (operations.join() === this.best.trace.operations.join()) return true;
    return (await this.#passes(operations)) || !(await this.#passes(original));
  }

  /** One after the other, with nothing going wrong. */
  async #passes(operations: readonly number[]): Promise<boolean> {
    const size = operations.join();
    const known = this.#passes_serially.get(size);
    if (known !== undefined) return known;
    const played = await this.#try(operations, () => 0, []);
    const passes = played.failure?.kind !== this.#kind;
    this.#passes_serially.set(size, passes);
    return passes;
  }

  #try(operations: readonly number[], pick: PickNext, faults: readonly Fault[]): Promise<Played> {
    this.schedules++;
    return this.#play(operations, pick, faults);
  }

  #takes(played: Played): boolean {
    if (played.failure?.kind !== this.#kind) return false;
    this.best = played;
    return true;
  }
}

/** The same choices with one more switch behind the last one. */
function withOneMore(choices: readonly number[], points: number, clients: number): number[][] {
  const more: number[][] = [];
  for (let at = choices.length; at < points; at++) {
    const zeros = Array.from({ length: at - choices.length }, () => 0);
    for (let k = 1; k < clients; k++) more.push([...choices, ...zeros, k]);
  }
  return more;
}

/** Lets the clients go in this order, as far as they can. */
export function follow(order: readonly number[]): PickNext {
  return ({ candidates, steps }) => {
    const wanted = order[steps.length];
    return Math.max(
      0,
      candidates.findIndex((candidate) => candidate.client === wanted),
    );
  };
}
