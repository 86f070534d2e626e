import { Ahead } from "./ahead.ts";
import { CrashedSets } from "./crashed-sets.ts";
import { Cursor, type ForesightSteps } from "./cursor.ts";
import type { Places } from "./places.ts";
import type { Problem } from "./problem.ts";
import { Rows } from "./rows.ts";
import { type Budget, exhausted, type SearchResult } from "./search-result.ts";
import { impossible } from "./transitions.ts";

/** The most rounds of placing operations at one position; in each, about one observation is placed. */
const rounds_at_once = 12;
/** The penalty for an operation that could have been placed later, as a multiple of the credit for an observation. */
const too_early = 3;

/**
 * Looks for an order, and finds one or gives up: it never says "impossible". Position after position it goes on
 * only from a few places, those that look best, and from each makes only moves with a purpose (see rows.ts).
 *
 * What it finds is a legal order: it makes the same moves as the exact searches, only not all of them, and each is one
 * that the model allows. So there is nothing to prove here; how a place looks may be judged by rules of thumb.
 */
export function guided(
  problem: Problem,
  transitions: ForesightSteps,
  width: number,
  budget: Budget,
): SearchResult {
  return new Guided(problem, transitions, width, budget).run();
}

class Guided {
  readonly #problem: Problem;
  readonly #budget: Budget;
  readonly #width: number;
  readonly #steps: ForesightSteps;
  readonly #crashed_sets: CrashedSets;
  readonly #cursor: Cursor;
  readonly #rows: Rows;
  readonly #ahead: Ahead;
  #turns = 0;

  constructor(problem: Problem, steps: ForesightSteps, width: number, budget: Budget) {
    this.#problem = problem;
    this.#budget = budget;
    this.#width = width;
    this.#steps = steps;
    this.#crashed_sets = new CrashedSets(problem.calls.length);
    this.#cursor = new Cursor(problem, steps, this.#crashed_sets);
    this.#rows = new Rows(problem, steps, this.#cursor, this.#crashed_sets);
    const witness = budget.witness === true;
    this.#ahead = new Ahead(problem, this.#cursor, this.#crashed_sets, witness);
  }

  run(): SearchResult {
    const { timeline } = this.#cursor;
    let success = this.#arrive(-1);
    let position = 0;
    while (success === undefined) {
      if (this.#ahead.isEmpty) return { kind: "gave up", why: "width", events_passed: position };
      position = this.#ahead.nearest;
      timeline.goTo(position);
      if (this.#budget.progress !== undefined) this.#budget.progress[0] = position;
      const places = this.#ahead.placesAt(position);
      let seen = 0;
      for (let round = 0; round < rounds_at_once && seen < places.count; round++) {
        const best = this.#best(places, seen);
        seen = places.count;
        for (const index of best) {
          if ((++this.#turns & 127) === 0) {
            const why = this.#exhausted();
            if (why !== undefined) return { kind: "gave up", why, events_passed: position };
          }
          success = this.#leave(places, index);
          if (success !== undefined) return success;
        }
      }
      this.#ahead.leaveBehind(position);
    }
    return success;
  }

  /** Of the places from `first` on, the ones that look best. */
  #best(places: Places, first: number): number[] {
    const looks: { index: number; look: number }[] = [];
    for (let index = first; index < places.count; index++) {
      if (!places.alive(index)) continue;
      places.load(index, this.#cursor);
      looks.push({ index, look: this.#look() });
    }
    looks.sort((one, other) => other.look - one.look);
    return looks.slice(0, this.#width).map(({ index }) => index);
  }

  /** How the cursor's place looks: better when more was observed, and much better when less was placed early. */
  #look(): number {
    const { placed, timeline } = this.#cursor;
    const { observers } = timeline;
    let observed = 0;
    let early = 0;
    for (let word = 0; word < placed.length; word++) {
      observed += bits(placed[word]! & observers[word]!);
      early += bits(placed[word]! & ~observers[word]!);
    }
    return observed - too_early * early;
  }

  #leave(places: Places, index: number): SearchResult | undefined {
    const cursor = this.#cursor;
    const { position } = cursor.timeline;
    const trail = places.trail(index);
    places.load(index, cursor);
    for (const row of this.#rows.from()) {
      places.load(index, cursor);
      if (row.every((move) => this.#make(move))) {
        const success = this.#arrive(trail);
        if (success !== undefined) return success;
      } else cursor.order.length = cursor.order_at.length = 0;
      cursor.timeline.backTo(position);
    }
    return undefined;
  }

  /** @returns whether it could be made */
  #make(move: number): boolean {
    const cursor = this.#cursor;
    const { class_of, slot_of } = this.#problem;
    const operation = move < 0 ? ~move : move;
    const slot = slot_of[operation]!;
    if (slot >= 0 && (cursor.placed[slot >> 5]! & (1 << (slot & 31))) !== 0) return false;
    const next = move < 0 ? cursor.state : this.#steps.next(cursor.state, class_of[operation]!);
    if (next === impossible) return false;
    cursor.make(move, next);
    return true;
  }

  /** Goes on as far as possible and keeps the place there, unless it is the end. */
  #arrive(trail: number): SearchResult | undefined {
    const success = this.#ahead.reach(trail);
    if (success !== undefined) return success;
    if ((this.#steps.hopelessUntil?.(this.#cursor) ?? -1) < 0) this.#ahead.keep();
    return undefined;
  }

  #exhausted(): ReturnType<typeof exhausted> {
    if (this.#turns > (this.#budget.turns ?? Number.POSITIVE_INFINITY)) return "turns";
    const bytes = this.#steps.bytes + this.#crashed_sets.bytes + this.#ahead.bytes;
    return exhausted(this.#budget, bytes);
  }
}

function bits(word: number): number {
  let left = word - ((word >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
