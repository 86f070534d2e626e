import type { Operation } from "../../histories/event.ts";
import type { Names } from "./lifetimes.ts";
import { ValueNumbers } from "./value-numbers.ts";

/**
 * # Values that repeat
 *
 * A queue that is given equal values hands them out in the order in which they came: in every legal order the i-th
 * remove of a value takes what its i-th add brought. So if one knew in which order the adds of a value come, and its
 * removes, one could number both, and would have unique values. Renaming back keeps an order legal: so if *some*
 * numbering has a legal order, the history has one.
 *
 * One numbering is enough if of each two adds of a value, the one that was called first also returned first, and the
 * same holds of its removes (*no one inside another*). Proof. Take a legal order, and let each operation have a point
 * in its span, the points in this order. Let x and y be two adds of a value, x called first, and y's point the earlier
 * one. Let them change places: x was called before y, so before y's point; y returned after x, so after x's point. Each
 * is in its span again, and the same calls happen in the same order. Go on until the adds of each value come in the order
 * of their calls, and its removes. Then the numbering by calls is the one of this order. □
 *
 * If one is inside another, the numbering is a guess, by the middles of the spans (which is the numbering by calls where
 * that is enough): when it fits, the history has a legal order; when not, the search decides. A crashed remove may have taken any value, and a crashed add of a value that repeats may have come at
 * any time or never: these are left to the search, too.
 */

export interface Renamed {
  readonly operations: readonly Operation[];
  readonly initial: readonly number[];
  /** Whether there is a legal order only if there is one with these names. */
  readonly exact: boolean;
}

/** Operations that put in, or took out, equal values, in the order of their calls; `~i` for value i of the start. */
interface Alike {
  readonly adds: number[];
  readonly removes: number[];
}

/** @returns undefined where this is no help */
export function renamed(
  operations: readonly Operation[],
  { adds }: Names,
  initial: readonly unknown[],
): Renamed | undefined {
  const groups = grouped(operations, adds, initial);
  if (groups === undefined) return undefined;
  const names = new Int32Array(operations.length).fill(-1);
  const of_initial = Array<number>(initial.length);
  let exact = true;
  let name = 0;
  for (const group of groups) {
    if (group.removes.length > group.adds.length) return undefined;
    exact &&= oneAfterTheOther(group.adds, operations);
    exact &&= oneAfterTheOther(group.removes, operations);
    const removes = byMiddle(group.removes, operations);
    for (const [nth, add] of byMiddle(group.adds, operations).entries()) {
      if (add >= 0) names[add] = name;
      else of_initial[~add] = name;
      const remove = removes[nth];
      if (remove !== undefined) names[remove] = name;
      name++;
    }
  }
  const renamed = operations.map((operation, index): Operation => {
    if (names[index]! < 0) return operation;
    return { ...operation, [adds.includes(operation.f) ? "input" : "output"]: names[index] };
  });
  return { operations: renamed, initial: of_initial, exact };
}

/** @returns undefined where something crashed that could be any of several */
function grouped(
  operations: readonly Operation[],
  adds: readonly string[],
  initial: readonly unknown[],
): Alike[] | undefined {
  const numbers = new ValueNumbers(operations.length);
  const groups: Alike[] = [];
  const groupOf = (value: unknown): Alike => {
    if (numbers.add(value)) groups.push({ adds: [], removes: [] });
    return groups[numbers.of(value)]!;
  };
  const crashed: Alike[] = [];
  for (const [index, value] of initial.entries()) {
    if (value === null) return undefined;
    groupOf(value).adds.push(~index);
  }
  for (const [index, { f, input, output, status }] of operations.entries()) {
    if (status === "fail") continue;
    const adding = adds.includes(f);
    if (!adding && status === "info") return undefined;
    const value = adding ? input : output;
    if (value === undefined || (adding && value === null)) return undefined;
    if (value === null) continue; // it found nothing
    const group = groupOf(value);
    (adding ? group.adds : group.removes).push(index);
    if (status === "info") crashed.push(group);
  }
  return crashed.some((group) => group.adds.length > 1) ? undefined : groups;
}

/** Whether they return in the order in which they were called. */
function oneAfterTheOther(indices: readonly number[], operations: readonly Operation[]): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const index of indices) {
    if (index < 0) continue;
    const { returned } = operations[index]!;
    if (returned < last) return false;
    last = returned;
  }
  return true;
}

/** Those from the start first. */
function byMiddle(indices: readonly number[], operations: readonly Operation[]): number[] {
  const twice = (index: number): number =>
    index < 0 ? Number.NEGATIVE_INFINITY : operations[index]!.invoked + operations[index]!.returned;
  return indices.toSorted((one, other) => {
    const [before, after] = [twice(one), twice(other)];
    return before === after ? 0 : before - after;
  });
}
