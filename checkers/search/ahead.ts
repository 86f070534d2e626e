import type { CrashedSets } from "./crashed-sets.ts";
import { type Cursor, withWaived } from "./cursor.ts";
import { Places } from "./places.ts";
import type { Problem } from "./problem.ts";
import type { SearchResult } from "./search-result.ts";
import { Trails } from "./trails.ts";

/**
 * What lies ahead of a search that goes position after position: the places to go on from, by their positions, and
 * the trails to them when the order is asked for. Memory that is no longer needed is used again.
 */
export class Ahead {
  readonly #problem: Problem;
  readonly #cursor: Cursor;
  readonly #crashed_sets: CrashedSets;
  readonly #trails: Trails | undefined;
  readonly #by_position = new Map<number, Places>();
  readonly #spare: Places[] = [];
  /** The trail to where the cursor is. */
  #trail = -1;

  /** @param witness whether the order is asked for */
  constructor(problem: Problem, cursor: Cursor, crashed_sets: CrashedSets, witness: boolean) {
    this.#problem = problem;
    this.#cursor = cursor;
    this.#crashed_sets = crashed_sets;
    this.#trails = witness ? new Trails() : undefined;
  }

  get isEmpty(): boolean {
    return this.#by_position.size === 0;
  }

  /** Whether this is the only position with places. */
  holdsOnly(position: number): boolean {
    return this.#by_position.size === 1 && this.#by_position.has(position);
  }

  /** The position to go on from. */
  get nearest(): number {
    return Math.min(...this.#by_position.keys());
  }

  get bytes(): number {
    let bytes = this.#trails?.bytes ?? 0;
    for (const places of this.#by_position.values()) bytes += places.bytes;
    return bytes;
  }

  placesAt(position: number): Places {
    return this.#by_position.get(position)!;
  }

  /** The places at this position are done with. */
  leaveBehind(position: number): void {
    const places = this.placesAt(position);
    this.#by_position.delete(position);
    places.clear();
    this.#spare.push(places);
  }

  /** Takes the cursor on as far as possible, from the place at the end of a trail. @returns success at the end */
  reach(trail: number): SearchResult | undefined {
    const cursor = this.#cursor;
    const done = cursor.advance();
    this.#trail = this.#trails?.extend(trail, cursor) ?? -1;
    cursor.order.length = cursor.order_at.length = 0;
    if (!done) return undefined;
    const way = this.#trails?.whole(this.#trail);
    const order = way === undefined ? [] : withWaived(this.#problem, way.order, way.order_at);
    return { kind: "linearizable", order };
  }

  /** Keeps the place that was reached. */
  keep(): void {
    const { position, open } = this.#cursor.timeline;
    let places = this.#by_position.get(position);
    if (places === undefined) {
      places = this.#spare.pop() ?? new Places(open.length, this.#crashed_sets);
      this.#by_position.set(position, places);
    }
    places.add(this.#cursor, this.#trail);
  }
}
