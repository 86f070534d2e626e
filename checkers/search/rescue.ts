import type { Model } from "../model.ts";
import type { Cursor } from "./cursor.ts";
import type { Problem } from "./problem.ts";
import { impossible, lost, type Transitions } from "./transitions.ts";

/** How many events before its call an observation is looked at. */
const soon = 128;

/**
 * What a state can still reach, and what may overwrite it in favour of an observation. An observation is *missed*
 * when the state does not reach it and nothing that may still be placed before it returns rescues it.
 */
export class Rescue<State> {
  readonly #problem: Problem;
  readonly #transitions: Transitions<State>;
  readonly #reaches: Model<State>["reaches"];
  /** By class that overwrites: the positions where its operations are called. */
  readonly #overwritten_at = new Map<number, number[]>();
  readonly #rescuers_of = new Map<number, ReadonlySet<number>>();
  /** By operation: the position of the last call of an operation that may overwrite in its favour, or -1. */
  readonly #rescued_until: Int32Array;
  readonly #due: Int32Array;
  readonly #due_from: Int32Array;

  /** @param reaches not given where every change overwrites: then only what is true now can be reached */
  constructor(problem: Problem, transitions: Transitions<State>, reaches: Model<State>["reaches"]) {
    this.#problem = problem;
    this.#transitions = transitions;
    this.#reaches = reaches;
    const { events, class_of, observes, overwrites } = problem;
    for (const [at, event] of events.entries()) {
      if (event < 0 || overwrites[class_of[event]!] === 0) continue;
      const calls = this.#overwritten_at.get(class_of[event]!);
      if (calls === undefined) this.#overwritten_at.set(class_of[event]!, [at]);
      else calls.push(at);
    }
    const observing = [...events].filter((event) => event >= 0 && observes[class_of[event]!] === 1);
    this.#rescued_until = new Int32Array(class_of.length).fill(-1);
    for (const operation of observing)
      this.#rescued_until[operation] = this.#rescuedUntil(operation);
    const { due, due_from } = this.#findDue(observing);
    this.#due = due;
    this.#due_from = due_from;
  }

  /** Observations that are called soon after a position and are not rescued by anything called in between. */
  due(position: number): Int32Array {
    return this.#due.subarray(this.#due_from[position], this.#due_from[position + 1]);
  }

  missed(observation: number, cursor: Cursor): boolean {
    if (this.#rescued_until[observation]! >= cursor.timeline.position) return false;
    return !this.sees(cursor.state, observation) && !this.rescued(observation, cursor);
  }

  /** Whether anything that may still be placed before the observation overwrites the state in its favour. */
  rescued(observation: number, { timeline, placed }: Cursor): boolean {
    if (this.#rescued_until[observation]! >= timeline.position) return true;
    const { class_of, overwrites, slots } = this.#problem;
    for (let slot = 0; slot < slots; slot++) {
      const open = timeline.overwriters[slot >> 5]! & ~placed[slot >> 5]! & (1 << (slot & 31));
      if (open !== 0 && this.#rescues(class_of[timeline.operation_in[slot]!]!, observation))
        return true;
    }
    return timeline.crashed_classes.some(
      (of_class) =>
        overwrites[of_class] === 1 &&
        timeline.crashed_called[of_class]! > 0 &&
        this.#rescues(of_class, observation),
    );
  }

  #rescuedUntil(observation: number): number {
    const { class_of, returned_at } = this.#problem;
    const end = returned_at[observation]!;
    let last = -1;
    for (const of_class of this.#rescuers(class_of[observation]!)) {
      const calls = this.#overwritten_at.get(of_class)!;
      const before = lastBefore(calls, end);
      if (before >= 0) last = Math.max(last, calls[before]!);
    }
    return last;
  }

  /** The classes that overwrite in favour of an observation of some class. */
  #rescuers(observing: number): ReadonlySet<number> {
    let rescuers = this.#rescuers_of.get(observing);
    if (rescuers === undefined) {
      const reaching = [...this.#overwritten_at.keys()].filter((of_class) =>
        this.#canReach(this.#transitions.next(0, of_class), observing),
      );
      rescuers = new Set(reaching);
      this.#rescuers_of.set(observing, rescuers);
    }
    return rescuers;
  }

  #rescues(of_class: number, observation: number): boolean {
    return this.#rescuers(this.#problem.class_of[observation]!).has(of_class);
  }

  sees(state: number, observation: number): boolean {
    return state !== lost && this.#canReach(state, this.#problem.class_of[observation]!);
  }

  #canReach(state: number, observing: number): boolean {
    if (this.#reaches === undefined) return this.#transitions.next(state, observing) !== impossible;
    return this.#reaches(this.#transitions.state(state), this.#problem.calls[observing]!);
  }

  /** By position: observations that are called soon, when nothing that is called before them can rescue them. */
  #findDue(observing: readonly number[]): { due: Int32Array; due_from: Int32Array } {
    const { called_at, events } = this.#problem;
    const due_from = new Int32Array(events.length + 2);
    const spans = observing.map((operation) => {
      const until = called_at[operation]!;
      const from = Math.max(this.#rescued_until[operation]! + 1, until - soon, 0);
      for (let position = from; position <= until; position++) due_from[position + 1]!++;
      return { operation, from, until };
    });
    for (let position = 0; position <= events.length; position++)
      due_from[position + 1]! += due_from[position]!;
    const due = new Int32Array(due_from.at(-1)!);
    const next = due_from.slice();
    for (const { operation, from, until } of spans)
      for (let position = from; position <= until; position++) due[next[position]!++] = operation;
    return { due, due_from };
  }
}

/** The index of the last of growing numbers that is less than a limit, or -1. */
function lastBefore(numbers: readonly number[], limit: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
