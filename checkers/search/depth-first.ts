import { CrashedSets } from "./crashed-sets.ts";
import { Cursor, type ForesightSteps, withWaived } from "./cursor.ts";
import { Moves } from "./moves.ts";
import { Places } from "./places.ts";
import type { Problem } from "./problem.ts";
import { type Budget, exhausted, type GaveUp, type SearchResult } from "./search-result.ts";

/** A place on the way, with the moves that are left there. */
interface Frame {
  readonly position: number;
  readonly index: number;
  readonly order_length: number;
  readonly first_move: number;
  next_move: number;
  crashed_added: boolean;
}

/**
 * Follows one way after the other, as far as it goes (Wing and Gong), and remembers all places where it has been
 * (Lowe). Finds an order soon where there are many, but may have to back out of a great many dead ends.
 */
export function depthFirst(
  problem: Problem,
  transitions: ForesightSteps,
  budget: Budget,
): SearchResult {
  return new DepthFirst(problem, transitions, budget).run();
}

class DepthFirst {
  readonly #problem: Problem;
  readonly #transitions: ForesightSteps;
  readonly #budget: Budget;
  readonly #crashed_sets: CrashedSets;
  readonly #cursor: Cursor;
  readonly #moves: Moves;
  /** At all positions. */
  readonly #visited: Places;
  readonly #way: Frame[] = [];
  #furthest = 0;
  #turns = 0;

  constructor(problem: Problem, transitions: ForesightSteps, budget: Budget) {
    this.#problem = problem;
    this.#transitions = transitions;
    this.#budget = budget;
    this.#crashed_sets = new CrashedSets(problem.calls.length);
    this.#cursor = new Cursor(problem, transitions, this.#crashed_sets);
    this.#cursor.records = budget.witness === true;
    this.#visited = new Places(this.#cursor.timeline.open.length, this.#crashed_sets);
    this.#moves = new Moves(problem, transitions, this.#cursor.timeline, this.#crashed_sets);
  }

  run(): SearchResult {
    const way = this.#way;
    if (this.#cursor.advance()) return this.#success();
    this.#arrive();
    for (let frame = way.at(-1); frame !== undefined; frame = way.at(-1)) {
      const why = this.#whyGiveUp();
      if (why !== undefined) return { kind: "gave up", why, events_passed: this.#furthest };
      const move = this.#nextMove(frame);
      if (move === undefined) {
        this.#moves.count = frame.first_move;
        way.pop();
        continue;
      }
      this.#cursor.make(this.#moves.operation(move), this.#moves.state(move));
      if (this.#cursor.advance()) return this.#success();
      this.#arrive();
    }
    return { kind: "impossible", blocked: ~this.#problem.events[this.#furthest]!, states: [] };
  }

  /** Back to a place on the way. @returns the next move to make there; undefined when there is none left */
  #nextMove(frame: Frame): number | undefined {
    const cursor = this.#cursor;
    cursor.timeline.backTo(frame.position);
    this.#visited.load(frame.index, cursor);
    if (cursor.order.length > frame.order_length)
      cursor.order.length = cursor.order_at.length = frame.order_length;
    if (frame.next_move === this.#moves.count && !frame.crashed_added) {
      this.#moves.addCrashed(cursor);
      frame.crashed_added = true;
    }
    return frame.next_move === this.#moves.count ? undefined : frame.next_move++;
  }

  /** Adds the cursor's place to the way, unless it leads nowhere or was visited before. */
  #arrive(): void {
    const cursor = this.#cursor;
    const moves = this.#moves;
    const { position } = cursor.timeline;
    const hopeless_until = this.#transitions.hopelessUntil?.(cursor) ?? -1;
    if (hopeless_until >= 0) {
      this.#furthest = Math.max(this.#furthest, hopeless_until);
      return;
    }
    this.#furthest = Math.max(this.#furthest, position);
    if (!this.#visited.add(cursor, -1)) return;
    const first_move = moves.count;
    moves.addSkip(cursor);
    moves.addOpen(cursor);
    this.#way.push({
      position,
      index: this.#visited.count - 1,
      order_length: cursor.order.length,
      first_move,
      next_move: first_move,
      crashed_added: false,
    });
  }

  #whyGiveUp(): GaveUp | undefined {
    if ((++this.#turns & 127) !== 0) return undefined;
    if (this.#budget.progress !== undefined) this.#budget.progress[0] = this.#furthest;
    if (this.#turns > (this.#budget.turns ?? Number.POSITIVE_INFINITY)) return "turns";
    const others = this.#transitions.bytes + this.#crashed_sets.bytes + 200 * this.#way.length;
    return exhausted(this.#budget, this.#visited.bytes + others);
  }

  #success(): SearchResult {
    const { order, order_at } = this.#cursor;
    const witness = this.#budget.witness === true;
    return {
      kind: "linearizable",
      order: witness ? withWaived(this.#problem, order, order_at) : [],
    };
  }
}
