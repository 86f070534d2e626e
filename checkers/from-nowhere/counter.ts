import type { Operation } from "../../histories/event.ts";
import type { FromNowhere } from "./finding.ts";

/**
 * A value that a counter cannot have had, in O(n log n). An operation that answers v comes after all adds that
 * returned before it was called (the certain ones), may come after those that were called before it returned (the
 * possible ones), and after no others. So v is at most the start plus all certain deltas plus the positive possible
 * ones, and at least the same with the negative possible ones. Numbers that are not exact are left to the search.
 */
export function counterOutOfReach(
  operations: readonly Operation[],
  initial: number,
): FromNowhere | undefined {
  const adds = operations.filter(({ f, status }) => f === "add" && status !== "fail");
  // Sums must be exact.
  const most = adds.reduce((sum, add) => sum + Math.abs(delta(add)), Math.abs(initial));
  if (most > Number.MAX_SAFE_INTEGER || !adds.map(delta).every(Number.isInteger)) return undefined;
  const returns = adds
    .filter(({ status }) => status === "ok")
    .sort((one, other) => one.returned - other.returned);
  const certain = new Sums(returns.map((add) => [add.returned, delta(add)]));
  const ended_up = new Sums(returns.map((add) => [add.returned, Math.max(0, delta(add))]));
  const ended_down = new Sums(returns.map((add) => [add.returned, Math.min(0, delta(add))]));
  const called_up = new Sums(adds.map((add) => [add.invoked, Math.max(0, delta(add))]));
  const called_down = new Sums(adds.map((add) => [add.invoked, Math.min(0, delta(add))]));
  for (const blocked of operations) {
    const { f, status, output, invoked, returned } = blocked;
    if (status !== "ok" || typeof output !== "number") continue;
    const own = f === "add" ? delta(blocked) : 0; // certain, though it has not returned
    const sum = initial + certain.before(invoked) + own;
    const up = called_up.before(returned) - ended_up.before(invoked) - Math.max(0, own);
    const down = called_down.before(returned) - ended_down.before(invoked) - Math.min(0, own);
    if (output >= sum + down && output <= sum + up) continue;
    return {
      operations: operations.filter(
        (each) => each === blocked || (each.f === "add" && each.status !== "fail"),
      ),
      blocked,
    };
  }
  return undefined;
}

const delta = ({ input }: Operation): number => Number(input ?? 1);

/** Sums of the values before a time. */
class Sums {
  readonly #times: number[] = [];
  readonly #sums: number[] = [0];

  /** @param rows in the order of their times */
  constructor(rows: readonly (readonly [time: number, value: number])[]) {
    for (const [time, value] of rows) {
      this.#times.push(time);
      this.#sums.push(this.#sums.at(-1)! + value);
    }
  }

  before(time: number): number {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return this.#sums[low]!;
  }
}
