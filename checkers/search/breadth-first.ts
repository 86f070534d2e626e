import { Ahead } from "./ahead.ts";
import { CrashedSets } from "./crashed-sets.ts";
import { Cursor, type ForesightSteps } from "./cursor.ts";
import { Moves } from "./moves.ts";
import type { Places } from "./places.ts";
import type { Problem } from "./problem.ts";
import { type Budget, exhausted, type SearchResult } from "./search-result.ts";

/**
 * Finds, position after position, all places that can be reached there, except the needless ones. Takes about the
 * same time whether the history is linearizable or not, and keeps only what lies ahead.
 */
export function breadthFirst(
  problem: Problem,
  transitions: ForesightSteps,
  budget: Budget,
): SearchResult {
  return new BreadthFirst(problem, transitions, budget).run();
}

class BreadthFirst {
  readonly #problem: Problem;
  readonly #budget: Budget;
  readonly #crashed_sets: CrashedSets;
  readonly #cursor: Cursor;
  readonly #moves: Moves;
  readonly #ahead: Ahead;
  #turns = 0;
  /** The furthest return at which a place turned out to lead nowhere. */
  #furthest = 0;
  readonly #steps: ForesightSteps;

  constructor(problem: Problem, transitions: ForesightSteps, budget: Budget) {
    this.#problem = problem;
    this.#budget = budget;
    this.#steps = transitions;
    this.#crashed_sets = new CrashedSets(problem.calls.length);
    this.#cursor = new Cursor(problem, transitions, this.#crashed_sets);
    this.#moves = new Moves(problem, transitions, this.#cursor.timeline, this.#crashed_sets);
    const witness = budget.witness === true;
    this.#ahead = new Ahead(problem, this.#cursor, this.#crashed_sets, witness);
  }

  run(): SearchResult {
    const { timeline } = this.#cursor;
    let success = this.#arrive(-1);
    while (success === undefined) {
      if (this.#ahead.isEmpty) return this.#impossible([]);
      const position = this.#ahead.nearest;
      timeline.goTo(position);
      const places = this.#ahead.placesAt(position);
      if (this.#budget.progress !== undefined) this.#budget.progress[0] = position;
      // Crashed operations last: places that do without them may make the others needless.
      let plain = 0;
      let crashed = 0;
      while (success === undefined && crashed < places.count) {
        if ((++this.#turns & 127) === 0) {
          const why = this.#exhausted(places);
          if (why !== undefined) return { kind: "gave up", why, events_passed: position };
        }
        success =
          plain < places.count
            ? this.#leave(places, plain++, false)
            : this.#leave(places, crashed++, true);
      }
      if (success !== undefined) break;
      this.#furthest = Math.max(this.#furthest, position);
      if (this.#ahead.holdsOnly(position)) return this.#impossible(places.states());
      this.#ahead.leaveBehind(position);
    }
    return success;
  }

  /** Makes either the moves of a place with operations that returned, or those with crashed ones. */
  #leave(places: Places, index: number, crashed: boolean): SearchResult | undefined {
    if (!places.alive(index)) return undefined;
    const cursor = this.#cursor;
    const moves = this.#moves;
    const { position } = cursor.timeline;
    places.load(index, cursor);
    moves.count = 0;
    if (crashed) moves.addCrashed(cursor);
    else {
      moves.addSkip(cursor);
      moves.addOpen(cursor);
    }
    const trail = places.trail(index);
    let success: SearchResult | undefined;
    for (let move = 0; success === undefined && move < moves.count; move++) {
      if (move > 0) places.load(index, cursor);
      cursor.make(moves.operation(move), moves.state(move));
      success = this.#arrive(trail);
      cursor.timeline.backTo(position);
    }
    return success;
  }

  /** Goes on as far as possible and keeps the place there, unless it is the end. */
  #arrive(trail: number): SearchResult | undefined {
    const success = this.#ahead.reach(trail);
    if (success !== undefined) return success;
    const hopeless_until = this.#steps.hopelessUntil?.(this.#cursor) ?? -1;
    if (hopeless_until >= 0) this.#furthest = Math.max(this.#furthest, hopeless_until);
    else this.#ahead.keep();
    return undefined;
  }

  #impossible(states: readonly number[]): SearchResult {
    return { kind: "impossible", blocked: ~this.#problem.events[this.#furthest]!, states };
  }

  #exhausted(places: Places): ReturnType<typeof exhausted> {
    if (places.count > (this.#budget.places ?? Number.POSITIVE_INFINITY)) return "width";
    const bytes = this.#steps.bytes + this.#crashed_sets.bytes + this.#ahead.bytes;
    return exhausted(this.#budget, bytes);
  }
}
