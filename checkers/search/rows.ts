import type { CrashedSets } from "./crashed-sets.ts";
import type { Cursor } from "./cursor.ts";
import type { Problem } from "./problem.ts";
import { impossible, type Steps } from "./transitions.ts";

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
  readonly #overwritten: boolean;
  /** The classes of the open operations. */
  #classes: readonly number[] = [];

  constructor(problem: Problem, steps: Steps, cursor: Cursor, crashed_sets: CrashedSets) {
    this.#problem = problem;
    this.#steps = steps;
    this.#cursor = cursor;
    this.#crashed_sets = crashed_sets;
    this.#overwritten = problem.overwrites.includes(1);
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
    if (!this.#overwritten) return rows; // parts of a state are cheap to set: a set took twice the time with more rows
    return [...rows, ...rows.flatMap((row) => this.#sparing(row, open))];
  }

  /** The same row with operations that must be placed instead of waived ones, if that makes a difference. */
  #sparing(row: readonly number[], open: readonly number[]): number[][] {
    const { class_of } = this.#problem;
    const other = [...row];
    for (const [index, operation] of row.entries()) {
      if (operation < 0 || !this.#isWaived(operation)) continue;
      const instead = open.find(
        (each) =>
          class_of[each] === class_of[operation] && !this.#isWaived(each) && !other.includes(each),
      );
      if (instead !== undefined) other[index] = instead;
    }
    return other.some((operation, index) => operation !== row[index]) ? [other] : [];
  }

  #isWaived(operation: number): boolean {
    const slot = this.#problem.slot_of[operation]!;
    return slot >= 0 && (this.#cursor.waived[slot >> 5]! & (1 << (slot & 31))) !== 0;
  }

  /** Adds rows for operations that return later: of each, the first one, and the first that begins by overwriting. */
  #addEarly(open: readonly number[], rows: number[][], returning: number): void {
    const { class_of, overwrites } = this.#problem;
    const { timeline } = this.#cursor;
    this.#round++;
    const add = (operation: number): void => {
      const of_class = class_of[operation]!;
      if (operation === returning || this.#stamp[of_class] === this.#round) return;
      this.#stamp[of_class] = this.#round;
      const toward = this.#toward(of_class, open).filter((row) => row.length > 0);
      const afresh = toward.findIndex(([first]) => overwrites[class_of[first!]!] === 1);
      rows.push(...toward.filter((_, index) => index === 0 || index === afresh));
    };
    for (const operation of this.#unseen()) add(operation);
    for (const operation of this.#steps.due?.(timeline.position) ?? []) add(operation);
  }

  /** Open observations that are not placed. */
  #unseen(): number[] {
    const { placed, timeline } = this.#cursor;
    const { observers, operation_in } = timeline;
    const found: number[] = [];
    for (let word = 0; word < observers.length; word++) {
      let left = observers[word]! & ~placed[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        found.push(operation_in[word * 32 + 31 - Math.clz32(low)]!);
      }
    }
    return found;
  }

  /** Rows after which a call of this class can happen, if they are found quickly. */
  #toward(target: number, open: readonly number[]): number[][] {
    const { state } = this.#cursor;
    const { class_of } = this.#problem;
    const hinted = this.#steps.leads?.(state, this.#classes, target);
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
