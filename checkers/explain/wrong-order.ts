import type { Operation } from "../../histories/event.ts";
import type { Question } from "./question.ts";
import type { Exclusive, Move, WrongOrder } from "./reason.ts";

/** The times at which an operation is assumed to have been called, and to have returned. */
interface Times {
  readonly invoked: number;
  readonly returned: number;
}

type Side = "after" | "before";

/**
 * Which order in time is in the way. Operations are assumed to have been called earlier, or to have returned later,
 * than they were. If moving one of them makes the history possible, the shortest such move tells past which other
 * operation it has to go. If it takes several, all of them are moved as far as possible and then moved back, one
 * after the other, as long as the history stays possible. If nothing helps, the operations exclude one another.
 * @param culprit the operation that is tried first
 * @returns undefined when there was no time
 */
export function wrongOrder<State>(
  question: Question<State>,
  needed: readonly Operation[],
  culprit: Operation,
): WrongOrder | Exclusive | undefined {
  const loosening = new Loosening(question, needed);
  const others = needed
    .filter((operation) => operation !== culprit)
    .sort((one, other) => other.returned - one.returned);
  const sides: [Operation, Side][] = [
    [culprit, "after"],
    ...others.flatMap((each): [Operation, Side][] => [
      [each, "before"],
      [each, "after"],
    ]),
    [culprit, "before"],
  ];
  for (const [operation, side] of sides) {
    const move = loosening.least(operation, side, new Map());
    if (move === "never") continue;
    return move && { kind: "wrong order", operation: culprit, moves: [move.move] };
  }
  const moves = loosening.leastOfAll(sides);
  if (moves === undefined) return undefined;
  if (moves === "never") return { kind: "exclusive", operation: culprit, operations: needed };
  return { kind: "wrong order", operation: culprit, moves };
}

class Loosening<State> {
  readonly #question: Question<State>;
  readonly #needed: readonly Operation[];
  /** Operations by their returns, and by their calls. */
  readonly #by_return: readonly Operation[];
  readonly #by_call: readonly Operation[];

  constructor(question: Question<State>, needed: readonly Operation[]) {
    this.#question = question;
    this.#needed = needed;
    this.#by_return = question.operations
      .filter(({ returned }) => returned < Number.POSITIVE_INFINITY)
      .sort((one, other) => one.returned - other.returned);
    this.#by_call = [...question.operations].sort((one, other) => one.invoked - other.invoked);
  }

  /**
   * The nearest other operation past which the operation must move for the history to be possible.
   * @param moved the assumed times of other operations
   * @returns "never" when no distance is enough; undefined when there was no time
   */
  least(
    operation: Operation,
    side: Side,
    moved: ReadonlyMap<Operation, Times>,
  ): { move: Move; times: Times } | "never" | undefined {
    const at = moved.get(operation) ?? operation;
    // At equal times, calls come before returns: a call moved to the other's return comes before it, a return
    // moved to the other's call comes after it.
    const others =
      side === "after"
        ? this.#by_return.filter(({ returned }) => returned < operation.invoked).reverse()
        : this.#by_call.filter(({ invoked }) => invoked > operation.returned);
    const timesPast = ({ invoked, returned }: Operation): Times =>
      side === "after" ? { ...at, invoked: returned } : { ...at, returned: invoked };
    const fits = (index: number): boolean | undefined =>
      this.#fits(new Map([...moved, [operation, timesPast(others[index]!)]]));
    if (others.length === 0) return "never";
    const ever = fits(others.length - 1);
    if (ever !== true) return ever === false ? "never" : undefined;
    let low = 0;
    let high = others.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      const enough = fits(middle);
      if (enough === undefined) return undefined;
      if (enough) high = middle;
      else low = middle + 1;
    }
    const other = others[high]!;
    return { move: { operation, not: side, other }, times: timesPast(other) };
  }

  /** Moves that are enough together, but not without any one of them; "never" when even all are not enough. */
  leastOfAll(sides: readonly [Operation, Side][]): Move[] | "never" | undefined {
    const first = this.#by_call[0]!.invoked;
    const last = Math.max(this.#by_call.at(-1)!.invoked, this.#by_return.at(-1)!.returned);
    const moved = new Map<Operation, Times>(
      this.#needed.map((operation) => [operation, { invoked: first - 1, returned: last + 1 }]),
    );
    const ever = this.#fits(moved);
    if (ever !== true) return ever === false ? "never" : undefined;
    const moves: Move[] = [];
    // An operation that is moved back first most likely ends up where it was.
    for (const [operation, side] of [...sides].reverse()) {
      const far = moved.get(operation)!;
      const back =
        side === "after"
          ? { ...far, invoked: operation.invoked }
          : { ...far, returned: operation.returned };
      moved.set(operation, back);
      const fits = this.#fits(moved);
      if (fits === undefined) return undefined;
      if (fits) continue;
      const least = this.least(operation, side, moved);
      if (least === undefined || least === "never") return undefined;
      moved.set(operation, least.times);
      moves.push(least.move);
    }
    return moves;
  }

  #fits(moved: ReadonlyMap<Operation, Times>): boolean | undefined {
    if (this.#question.time_left_ms <= 0) return undefined;
    const original = new Set(this.#needed);
    const needed = new Set<Operation>();
    const operations = this.#question.operations
      .map((operation) => {
        const times = moved.get(operation);
        const placed = times === undefined ? operation : { ...operation, ...pick(times) };
        if (original.has(operation)) needed.add(placed);
        return placed;
      })
      .sort((one, other) => one.invoked - other.invoked);
    return this.#question.with({ operations }).fits(needed);
  }
}

function pick({ invoked, returned }: Times): Times {
  return { invoked, returned };
}
