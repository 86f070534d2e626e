import type { Operation } from "../../histories/event.ts";
import { plainText } from "../plain-text.ts";

/**
 * # Containers of unique values, without a search
 *
 * After Lee and Mathur, *Efficient Decrease-and-Conquer Linearizability Monitoring* (OOPSLA 2025): when every value is
 * added only once, each answer says which add it belongs to. Then there is no need to try orders of operations. It is
 * enough to look at values: each has one span in which it comes in, and one in which it goes out. Each kind of container
 * has its own condition on the spans (queue.ts, stack.ts, deque.ts, priority-queue.ts). The proofs there are our own,
 * since the paper leaves out operations that crashed and, mostly, those that found nothing.
 *
 * If a value is added twice, an answer does not say which add it belongs to, and the choice may matter. No exact
 * shortcut is taken then: such histories are left to the search.
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

/**
 * When something may happen, in moments: moment k is the time just after the k-th call. Of two operations, one
 * returned before the other was called exactly when `until` of the one is less than `from` of the other.
 * (An operation that is open later between two calls is open just after the first of them, too: so it is enough to
 * place operations there, any number of them in one moment.)
 */
export interface Span {
  readonly from: number;
  readonly until: number;
  readonly operations: readonly Operation[];
}

/** A value's way through a container: it is added within one span, and taken out within another one. */
export interface Lifetime {
  readonly value: unknown;
  readonly add: Span;
  /** Begins at `end` for a value that no acknowledged operation took out. */
  readonly remove: Span;
  readonly removed: boolean;
}

export interface Lifetimes {
  /** In the order of the calls that added them. */
  readonly values: readonly Lifetime[];
  /** Operations that found nothing. */
  readonly empties: readonly Span[];
  /** Operations that crashed, and may have taken out any value, or none. In the order of their calls. */
  readonly crashed: readonly Span[];
  /** The moment after all others. */
  readonly end: number;
}

/** The names of the operations that add and take out. */
export interface Names {
  readonly adds: readonly string[];
  readonly removes: readonly string[];
}

/** Operations that cannot all have happened, whatever the kind of container. */
interface Contradiction {
  readonly operations: readonly Operation[];
}

/** The pieces of a history, and so of its contradictions. */
export type Part = Lifetime | Span | Contradiction;

export function operationsOf(part: Part): readonly Operation[] {
  return "add" in part ? [...part.add.operations, ...part.remove.operations] : part.operations;
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
  { adds, removes }: Names,
  initial: readonly unknown[],
): Lifetimes | Contradiction | undefined {
  const end = initial.length + operations.length;
  const spanOf = spansOf(operations, initial.length);
  const lives = new Map<unknown, { value: unknown; add: Span; remove?: Span }>();
  const taken: { key: unknown; remove: Span }[] = [];
  const empties: Span[] = [];
  const crashed: Span[] = [];
  for (const [moment, value] of initial.entries()) {
    const key = keyOf(value);
    if (value === null || lives.has(key)) return undefined;
    lives.set(key, { value, add: { from: moment, until: moment, operations: [] } });
  }
  for (const [index, operation] of operations.entries()) {
    const { f, input, output, status } = operation;
    const adding = adds.includes(f);
    if (!adding && !removes.includes(f)) return undefined;
    if (status === "fail") continue;
    const span = spanOf(operation, index);
    if (adding) {
      const key = keyOf(input);
      if (input === null || input === undefined || lives.has(key)) return undefined;
      lives.set(key, { value: input, add: span });
    } else if (status === "info") crashed.push(span);
    else if (output === undefined) return undefined;
    else if (output === null) empties.push(span);
    else taken.push({ key: keyOf(output), remove: span });
  }
  for (const { key, remove } of taken) {
    const life = lives.get(key);
    if (life === undefined) return remove;
    const { add } = life;
    const both = [...add.operations, ...remove.operations];
    if (life.remove !== undefined) return { operations: [...both, ...life.remove.operations] };
    if (remove.until < add.from) return { operations: both };
    life.remove = remove;
  }
  const at_end: Span = { from: end, until: end, operations: [] };
  const values: Lifetime[] = [];
  for (const { value, add, remove } of lives.values())
    if (remove !== undefined) values.push({ value, ...cutDown(add, remove), removed: true });
    else if (add.operations[0]?.status !== "info")
      values.push({ value, add, remove: at_end, removed: false });
  return { values, empties, crashed, end };
}

function cutDown(add: Span, remove: Span): { add: Span; remove: Span } {
  return {
    add: add.until <= remove.until ? add : { ...add, until: remove.until },
    remove: remove.from >= add.from ? remove : { ...remove, from: add.from },
  };
}

/** @returns a function from an operation, and its index in the list, to its span */
function spansOf(
  operations: readonly Operation[],
  first_moment: number,
): (operation: Operation, index: number) => Span {
  const calls = Float64Array.from(operations, ({ invoked }) => invoked);
  return (operation, index) => {
    let [low, high] = [index, calls.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if (calls[middle]! <= operation.returned) low = middle;
      else high = middle;
    }
    return { from: first_moment + index, until: first_moment + low, operations: [operation] };
  };
}

/** The same key for equal values, different keys for different ones. */
function keyOf(value: unknown): unknown {
  if (typeof value === "object") return `object ${plainText(value)}`;
  return typeof value === "string" ? `string ${value}` : value;
}
