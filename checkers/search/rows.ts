import type { CrashedSets } from "./crashed-sets.ts";
import type { Cursor } from "./cursor.ts";
import type { Problem } from "./problem.ts";
import { impossible, lost, type Steps } from "./transitions.ts";

/** How many pairs of operations are tried when the model gives no hint. */
const most_tries = 256;

/**
 * Moves with a purpose, from the cursor's place: rows of operations to be placed one after the other.
 * `~o` passes over operation o.
 */
export class Rows {
  readonly #problem: Problem;
  readonly #steps: Steps;
  readonly #cursor: Cursor;
  readonly #crashed_sets: CrashedSets;
  readonly #stamp: Int32Array;
  #round = 0;
  /** The classes of the open operations. */
  #classes: readonly number[] = [];

  constructor(problem: Problem, steps: Steps, cursor: Cursor, crashed_sets: CrashedSets) {
    this.#problem = problem;
    this.#steps = steps;
    this.#cursor = cursor;
    this.#crashed_sets = crashed_sets;
    this.#stamp = new Int32Array(problem.calls.length);
  }

  from(): number[][] {
    const { class_of, events, observes, slot_of } = this.#problem;
    const { state, waived, timeline } = this.#cursor;
    const returning = ~events[timeline.position]!;
    const of_class = class_of[returning]!;
    const open = this.#open();
    this.#classes = open.map((operation) => class_of[operation]!);
    const rows: number[][] = [];
    const slot = slot_of[returning]!;
    if ((waived[slot >> 5]! & (1 << (slot & 31))) !== 0) rows.push([~returning]);
    const blocked = observes[of_class] === 1 || this.#steps.next(state, of_class) === impossible;
    if (!blocked) rows.push([returning]);
    else
      for (const row of this.#toward(of_class, open)) {
        if (observes[of_class] === 0) row.push(returning);
        rows.push(row);
      }
    this.#addEarly(open, rows, returning);
    return rows;
  }

  /** Adds rows for operations that return later. */
  #addEarly(open: readonly number[], rows: number[][], returning: number): void {
    const { class_of } = this.#problem;
    const { placed, timeline } = this.#cursor;
    const { observers, operation_in } = timeline;
    this.#round++;
    const add = (operation: number): void => {
      const of_class = class_of[operation]!;
      if (operation === returning || this.#stamp[of_class] === this.#round) return;
      this.#stamp[of_class] = this.#round;
      const [row] = this.#toward(of_class, open);
      if (row !== undefined && row.length > 0) rows.push(row);
    };
    for (let word = 0; word < observers.length; word++) {
      let left = observers[word]! & ~placed[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        add(operation_in[word * 32 + 31 - Math.clz32(low)]!);
      }
    }
    for (const operation of this.#steps.due?.(timeline.position) ?? []) add(operation);
  }

  /** Rows after which a call of this class can happen, if they are found quickly. */
  #toward(target: number, open: readonly number[]): number[][] {
    const { state } = this.#cursor;
    const { class_of } = this.#problem;
    const hinted = this.#steps.leads?.(state === lost ? 0 : state, this.#classes, target);
    if (hinted !== undefined) return hinted.map((row) => row.map((index) => open[index]!));
    const rows: number[][] = [];
    for (const one of open) {
      const after = this.#steps.next(state, class_of[one]!);
      if (after !== impossible && this.#can(after, target)) rows.push([one]);
    }
    if (rows.length > 0) return rows;
    let tries = 0;
    for (const one of open) {
      const after = this.#steps.next(state, class_of[one]!);
      if (after === impossible || after === state) continue;
      for (const other of open) {
        if (other === one || tries++ > most_tries) continue;
        const then = this.#steps.next(after, class_of[other]!);
        if (then !== impossible && then !== after && this.#can(then, target))
          rows.push([one, other]);
      }
    }
    return rows;
  }

  #can(state: number, of_class: number): boolean {
    return this.#steps.next(state, of_class) !== impossible;
  }

  /** Open operations that do not observe, in the order of their returns; then one crashed operation of each class. */
  #open(): number[] {
    const { returned_at } = this.#problem;
    const { placed, timeline, crashed } = this.#cursor;
    const {
      open,
      observers,
      operation_in,
      crashed_classes,
      crashed_called,
      crashed: lists,
    } = timeline;
    const found: number[] = [];
    for (let word = 0; word < open.length; word++) {
      let left = open[word]! & ~placed[word]! & ~observers[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        found.push(operation_in[word * 32 + 31 - Math.clz32(low)]!);
      }
    }
    found.sort((one, other) => returned_at[one]! - returned_at[other]!);
    for (const of_class of crashed_classes) {
      const used = this.#crashed_sets.count(crashed, of_class);
      if (used < crashed_called[of_class]!) found.push(lists[of_class]![used]!);
    }
    return found;
  }
}
