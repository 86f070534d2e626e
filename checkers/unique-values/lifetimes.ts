import type { Operation } from "../../histories/event.ts";
import { plainText } from "../plain-text.ts";

/**
 * When something may happen, in moments: moment k is the time just after the k-th call. Of two operations, one
 * returned before the other was called exactly when `until` of the one is less than `from` of the other.
 * (Whoever is open later between two calls is open just after the first of them, too: so it is enough to
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
  /** From the end on, for a value that no acknowledged operation took out. */
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

/** Which operations add and take out. */
export interface Names {
  readonly adds: readonly string[];
  readonly removes: readonly string[];
}

/** Operations that cannot all have happened, whatever the kind of container. */
export interface Contradiction {
  readonly operations: readonly Operation[];
}

/**
 * The history of one container, seen by values.
 * - A crashed add whose value was taken out did happen, and before that: it is as good as acknowledged then.
 * - A crashed add whose value nobody saw is left out. If there is an order with it, the same order without its value is
 *   legal, too: all containers here stay legal when a value is taken out of the whole history.
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

/** @returns what gives an operation, and its place in the list, its span */
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

/** The same for equal values, another one for others. */
function keyOf(value: unknown): unknown {
  if (typeof value === "object") return `object ${plainText(value)}`;
  return typeof value === "string" ? `string ${value}` : value;
}
