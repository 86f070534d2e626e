import type { CrashedSets } from "./crashed-sets.ts";
import type { Cursor } from "./cursor.ts";
import { doubled } from "./grow.ts";
import type { Problem } from "./problem.ts";
import type { Timeline } from "./timeline.ts";
import { impossible, type Steps } from "./transitions.ts";

/** The moves that are left at each place on the search's way, as one stack: which operation, and the state after it. */
export class Moves {
  /** How many there are, over all places. */
  count = 0;
  #stack: Int32Array = new Int32Array(16);
  readonly #problem: Problem;
  readonly #transitions: Steps;
  readonly #timeline: Timeline;
  readonly #crashed_sets: CrashedSets;
  /**
   * Two for each class (must be placed, waived): the operation that returns first, valid if `#stamp` is of this
   * round.
   */
  readonly #soonest: Int32Array;
  readonly #stamp: Int32Array;
  #round = 0;
  /** Whether there are crashed operations that do more than overwrite. */
  readonly #changes_crashed: boolean;

  constructor(problem: Problem, transitions: Steps, timeline: Timeline, crashed_sets: CrashedSets) {
    this.#problem = problem;
    this.#transitions = transitions;
    this.#timeline = timeline;
    this.#crashed_sets = crashed_sets;
    this.#soonest = new Int32Array(2 * problem.calls.length);
    this.#stamp = new Int32Array(2 * problem.calls.length);
    this.#changes_crashed = timeline.crashed_classes.some(
      (of_class) => problem.overwrites[of_class] === 0,
    );
  }

  /** `o` places operation o, `~o` passes over it. */
  operation(move: number): number {
    return this.#stack[2 * move]!;
  }

  state(move: number): number {
    return this.#stack[2 * move + 1]!;
  }

  /** When the operation that returns here is waived, it may be passed over. */
  addSkip({ state, waived }: Cursor): void {
    const operation = this.#returning();
    const slot = this.#problem.slot_of[operation]!;
    if ((waived[slot >> 5]! & (1 << (slot & 31))) !== 0) this.#push(~operation, state);
  }

  /**
   * Adds the open operations that may come next, in the order of their returns, except those that another one is as
   * good as.
   */
  addOpen({ state, placed, waived, unseen }: Cursor): void {
    this.#findSoonest(placed, waived);
    const must_show = this.#mustShow(placed, waived);
    const returning = this.#returning();
    const { class_of, overwrites, part_of } = this.#problem;
    const { open, observers, operation_in } = this.#timeline;
    const first = this.count;
    for (let word = 0; word < open.length; word++) {
      let left = open[word]! & ~placed[word]! & ~observers[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        const operation = operation_in[word * 32 + 31 - Math.clz32(low)]!;
        const of_class = class_of[operation]!;
        if (!this.#foremost(operation, of_class)) continue;
        if (unseen && overwrites[of_class] === 1) continue;
        const next = this.#transitions.next(state, of_class);
        if (next === impossible) continue;
        if (next === state && (waived[word]! & low) !== 0)
          if (overwrites[of_class] === 0 && part_of[of_class]! < 0) continue; // leaving it waived is as good
        if (must_show && operation !== returning && overwrites[of_class] === 1)
          if (!this.#shows(next, placed)) continue;
        this.#insert(first, operation, next);
      }
    }
  }

  /** Adds the crashed operations that may come next and change something, one of each class. */
  addCrashed(cursor: Cursor): void {
    const { state, crashed, placed, waived, unseen } = cursor;
    if (this.#timeline.crashed_classes.length === 0) return;
    const must_show = this.#mustShow(placed, waived);
    const { overwrites, part_of } = this.#problem;
    const { crashed_classes, crashed_called, crashed: lists } = this.#timeline;
    this.#findSoonest(placed, waived);
    for (const of_class of crashed_classes) {
      if (crashed_called[of_class] === 0) continue;
      if (this.#isOpen(2 * of_class) || this.#isOpen(2 * of_class + 1)) continue; // the open one does the same
      if (unseen && overwrites[of_class] === 1) continue;
      const next = this.#transitions.next(state, of_class);
      if (next === impossible) continue;
      // An operation that leaves the state as it is may still waive others by overwriting.
      if (next === state && part_of[of_class]! < 0)
        if (!(overwrites[of_class] === 1 && this.#hides(cursor))) continue;
      if (must_show && overwrites[of_class] === 1 && !this.#shows(next, placed)) continue;
      const used = this.#crashed_sets.count(crashed, of_class);
      if (used < crashed_called[of_class]!) this.#push(lists[of_class]![used]!, next);
    }
  }

  #returning(): number {
    return ~this.#problem.events[this.#timeline.position]!;
  }

  /**
   * Whether overwriting now is pointless unless an observation sees it: the operation that returns here need not
   * become waived by it, and there are only operations that overwrite or observe.
   */
  #mustShow(placed: Int32Array, waived: Int32Array): boolean {
    const { open, observers, overwriters } = this.#timeline;
    if (this.#changes_crashed) return false;
    for (let word = 0; word < open.length; word++)
      if ((open[word]! & ~(placed[word]! | observers[word]! | overwriters[word]!)) !== 0)
        return false;
    const { class_of, slot_of, overwrites } = this.#problem;
    const returning = this.#returning();
    const slot = slot_of[returning]!;
    return (
      overwrites[class_of[returning]!] === 0 || (waived[slot >> 5]! & (1 << (slot & 31))) !== 0
    );
  }

  /** Whether an open observation is true in a state. */
  #shows(state: number, placed: Int32Array): boolean {
    const { observers, operation_in } = this.#timeline;
    for (let word = 0; word < observers.length; word++) {
      let left = observers[word]! & ~placed[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        const of_class = this.#problem.class_of[operation_in[word * 32 + 31 - Math.clz32(low)]!]!;
        if (this.#transitions.next(state, of_class) !== impossible) return true;
      }
    }
    return false;
  }

  /** Whether an open operation that is not waived yet could become waived by overwriting. */
  #hides(cursor: Cursor): boolean {
    const { placed, waived } = cursor;
    for (let word = 0; word < placed.length; word++)
      if ((cursor.waivable(word) & ~(placed[word]! | waived[word]!)) !== 0) return true;
    return false;
  }

  #findSoonest(placed: Int32Array, waived: Int32Array): void {
    const { class_of, returned_at } = this.#problem;
    const { open, observers, operation_in } = this.#timeline;
    this.#round++;
    for (let word = 0; word < open.length; word++) {
      let left = open[word]! & ~placed[word]! & ~observers[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        const operation = operation_in[word * 32 + 31 - Math.clz32(low)]!;
        const group = 2 * class_of[operation]! + ((waived[word]! & low) !== 0 ? 1 : 0);
        if (!this.#isOpen(group) || returned_at[operation]! < returned_at[this.#soonest[group]!]!) {
          this.#stamp[group] = this.#round;
          this.#soonest[group] = operation;
        }
      }
    }
  }

  /** Whether an operation of a class is open that must be placed (group 2 * class) or is waived (2 * class + 1). */
  #isOpen(group: number): boolean {
    return this.#stamp[group] === this.#round;
  }

  /**
   * Whether no other open operation of its class is as good. Two of a class count: the first to return of those that
   * must be placed, and the first to return of the waived ones. It must be the earlier of the two; or the one that must
   * be placed, if the class does not overwrite (rule 4 in search.ts).
   */
  #foremost(operation: number, of_class: number): boolean {
    const required = this.#isOpen(2 * of_class) ? this.#soonest[2 * of_class]! : -1;
    const free = this.#isOpen(2 * of_class + 1) ? this.#soonest[2 * of_class + 1]! : -1;
    if (required < 0 || free < 0) return operation === Math.max(required, free);
    const { returned_at, overwrites } = this.#problem;
    const free_first = returned_at[free]! < returned_at[required]!;
    if (operation === free) return free_first;
    return operation === required && !(free_first && overwrites[of_class] === 1);
  }

  #insert(first: number, operation: number, next: number): void {
    this.#push(operation, next);
    const { returned_at } = this.#problem;
    const stack = this.#stack;
    let at = this.count - 1;
    for (; at > first && returned_at[stack[2 * at - 2]!]! > returned_at[operation]!; at--) {
      stack[2 * at] = stack[2 * at - 2]!;
      stack[2 * at + 1] = stack[2 * at - 1]!;
    }
    stack[2 * at] = operation;
    stack[2 * at + 1] = next;
  }

  #push(operation: number, next: number): void {
    if (2 * this.count + 2 > this.#stack.length) this.#stack = doubled(this.#stack);
    this.#stack[2 * this.count] = operation;
    this.#stack[2 * this.count + 1] = next;
    this.count++;
  }
}
