import type { Operation } from "../../histories/event.ts";
import { Clock } from "./clock.ts";
import type { Lifetimes, Lives } from "./lives.ts";
import { ValueNumbers } from "./value-numbers.ts";

/**
 * # Containers of unique values, without a search
 *
 * After Lee and Mathur, *Efficient Decrease-and-Conquer Linearizability Monitoring* (OOPSLA 2025): when every value is
 * added only once, each answer says which add it belongs to. Then there is no need to try orders of operations. It is
 * enough to look at values: each has one span in which it comes in, and one in which it goes out. Each kind of container
 * has its own condition on the spans (queue.ts, stack.ts, deque.ts, priority-queue.ts). The proofs there are our own,
 * since the paper leaves out operations that crashed and, mostly, those that found nothing.
 *
 * If a value is added twice, an answer does not say which add it belongs to, and the choice may matter. Except for some
 * queues (renamed.ts), such histories are left to the search.
 *
 * Two facts hold for all of these containers.
 *
 * **Leaving out.** A legal order stays legal when one value is taken out of it, with its add and its remove. (Nothing else
 * ever waits for a value to be there, and what finds nothing still finds nothing.)
 *
 * **Gaps.** A value *stays through* a moment when its add must be before it, and its remove after it. Call a moment
 * *free* when no value stays through it. If there is a legal order, there is one in which the container is empty in
 * the middle of every free moment. Proof, for one free moment: look at the values that are there in its middle. Each can
 * have gone before (its remove may be this early) or can come after (its add may be this late). Let the former go just
 * before the middle, in the order in which they went; let the latter come just after it, in the order in
 * which they had come. Before the middle, the order is the old one without the latter values, continued as it was without
 * any others; after it, the old one without the former. Both are legal by *leaving out*. Nothing is there in the
 * middle any more, and what was empty in the middle of other free moments still is.
 *
 * It follows that an operation that found nothing is right exactly when there is a free moment in its span, whatever the
 * others do; and that a history falls apart at its free moments.
 */

/** The names of the operations that add and take out. */
export interface Names {
  readonly adds: readonly string[];
  readonly removes: readonly string[];
}

/** Operations that cannot all have happened, whatever the kind of container. */
export interface Contradiction {
  readonly contradiction: readonly Operation[];
}

/**
 * The history of one container, seen by values.
 * - A crashed add whose value was taken out did happen, before that: it counts as acknowledged then.
 * - A crashed add whose value nobody saw is left out. If there is an order with it, the same order without its value is
 *   legal, too (see *leaving out*).
 * - An add cannot come after its remove, nor the other way around: each span is cut down to where the other one allows it.
 * @param initial what is in the container at the start, added in this order
 * @returns undefined where values are not unique, or null is one of them
 */
export function lifetimesOf(
  operations: readonly Operation[],
  names: Names,
  initial: readonly unknown[],
): Lifetimes | Contradiction | undefined {
  const sorted = sort(operations, names, initial);
  if (sorted === undefined) return undefined;
  const { numbers, add_by, taking, empties, crashed } = sorted;
  const remove_by = new Int32Array(add_by.length).fill(-1);
  const contradiction = (...by: number[]): Contradiction => ({
    contradiction: by.filter((index) => index >= 0).map((index) => operations[index]!),
  });
  for (const by of taking) {
    const value = numbers.of(operations[by]!.output);
    if (value < 0) return contradiction(by);
    const add = add_by[value]!;
    if (remove_by[value]! >= 0) return contradiction(add, by, remove_by[value]!);
    if (add >= 0 && operations[by]!.returned < operations[add]!.invoked)
      return contradiction(add, by);
    remove_by[value] = by;
  }
  const clock = new Clock(operations, initial.length);
  return {
    ...livesOf(numbers.all, add_by, remove_by, clock, operations),
    empties: clock.spans(empties),
    crashed: clock.spans(crashed),
    end: clock.end,
    operations,
  };
}

interface Sorted {
  readonly numbers: ValueNumbers;
  /** By value: the index of the operation that adds it; -1 for what was there at the start. */
  readonly add_by: Int32Array;
  /** Indices of operations that took something out, that found nothing, and that crashed on the way. */
  readonly taking: Int32Array;
  readonly empties: readonly number[];
  readonly crashed: readonly number[];
}

function sort(
  operations: readonly Operation[],
  { adds, removes }: Names,
  initial: readonly unknown[],
): Sorted | undefined {
  const numbers = new ValueNumbers(initial.length + operations.length);
  for (const value of initial) if (value === null || !numbers.add(value)) return undefined;
  const add_by = new Int32Array(initial.length + operations.length).fill(-1);
  const taking = new Int32Array(operations.length);
  const empties: number[] = [];
  const crashed: number[] = [];
  let takes = 0;
  for (let index = 0; index < operations.length; index++) {
    const { f, input, output, status } = operations[index]!;
    const adding = adds.includes(f);
    if (!adding && !removes.includes(f)) return undefined;
    if (status === "fail") continue;
    if (adding) {
      if (input === null || input === undefined || !numbers.add(input)) return undefined;
      add_by[numbers.all.length - 1] = index;
    } else if (status === "info") crashed.push(index);
    else if (output === undefined) return undefined;
    else if (output === null) empties.push(index);
    else taking[takes++] = index;
  }
  return {
    numbers,
    add_by: add_by.subarray(0, numbers.all.length),
    taking: taking.subarray(0, takes),
    empties,
    crashed,
  };
}

function livesOf(
  values: readonly unknown[],
  add_by: Int32Array,
  remove_by: Int32Array,
  clock: Clock,
  operations: readonly Operation[],
): Lives & Pick<Lifetimes, "values" | "add_by" | "remove_by"> {
  const kept = new Int32Array(values.length);
  let count = 0;
  for (let value = 0; value < values.length; value++)
    if (remove_by[value]! >= 0 || operations[add_by[value]!]?.status !== "info")
      kept[count++] = value;
  const lives = {
    ...{ count, add_from: new Int32Array(count), add_until: new Int32Array(count) },
    ...{ remove_from: new Int32Array(count), remove_until: new Int32Array(count) },
    ...{ add_by: new Int32Array(count), remove_by: new Int32Array(count) },
    removed: new Uint8Array(count),
    values: Array<unknown>(count),
  };
  for (let at = 0; at < count; at++) {
    const value = kept[at]!;
    const add = add_by[value]!;
    const remove = remove_by[value]!;
    const from = add < 0 ? value : clock.from(add);
    const until = add < 0 ? from : clock.until(add);
    const out = remove < 0 ? clock.end : clock.until(remove);
    lives.values[at] = values[value];
    lives.add_by[at] = add;
    lives.remove_by[at] = remove;
    lives.add_from[at] = from;
    lives.add_until[at] = Math.min(until, out);
    lives.remove_from[at] = remove < 0 ? clock.end : Math.max(from, clock.from(remove));
    lives.remove_until[at] = out;
    lives.removed[at] = remove < 0 ? 0 : 1;
  }
  return lives;
}
