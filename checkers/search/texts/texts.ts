import type { Model, Written } from "../../model.ts";
import { withWaived } from "../cursor.ts";
import type { Problem } from "../problem.ts";
import { type Budget, exhausted, type SearchResult } from "../search-result.ts";
import { isOrder } from "./is-order.ts";
import { Look } from "./look.ts";
import { Open } from "./open.ts";
import { type Place, Places } from "./places.ts";
import { Rows } from "./rows.ts";
import { no_node, TextTree } from "./tree.ts";

/** How many places it goes on from at one position in one round; most of them where it was stuck before. */
const width = 10;
const most_width = 160;
/** The most rounds of placing operations at one position. */
const most_rounds = 12;
/** Of the places with the same text and the same observations, only this many. */
const most_alike = 2;
/** So many events lie between places to go back to, and so far it goes back at least. */
const between_saved = 40;
const least_back = 100;
/** When it went so far beyond where it was stuck, it is through. */
const through = 60;
/** How much chance there is in the looks of places, where it was stuck. */
const chance = 3;

/**
 * Looks for an order of calls that begin a text, add to it, or observe all of it (Model.writes), and finds one or gives
 * up: it never says "impossible". It may be used where many additions look alike and very many orders begin well, of which few
 * go on to the end: what is spent on one text is missing for another one much later.
 *
 * As in the exact searches (../search.ts), operations are placed just in time, at the return of one that was not
 * placed; of those that look alike, the first one to return is used. Position after position it goes on from a few
 * places, those that look best (look.ts), with rows of operations that make a text which is observed (rows.ts). It does
 * not care what a text is that nobody observes.
 *
 * When it is stuck, it goes back to before the call of the operation that it could not place, with more places, some
 * chance in their looks, and more care for that operation: for a while, until it is through. So most of a history is
 * passed narrowly, and only where it is hard, more is tried.
 *
 * There is nothing to prove here: an order that is found is tried on the model before it is told (is-order.ts).
 */
export function texts<State>(
  problem: Problem,
  model: Model<State>,
  tree: TextTree,
  attempts: number,
  budget: Budget,
): SearchResult {
  const found = new Texts(problem, tree, attempts, budget).run();
  if (found.kind !== "linearizable" || isOrder(problem, model, found.order)) return found;
  return { kind: "gave up", why: "width", events_passed: 0 };
}

/** The texts that the history is about; undefined if it is about something else, or if that is out of reach. */
export function treeOf<State>(problem: Problem, model: Model<State>): TextTree | undefined {
  const start: unknown = model.init;
  if (model.writes === undefined || (start !== null && typeof start !== "string")) return undefined;
  const written: Written[] = [];
  for (const [of_class, call] of problem.calls.entries()) {
    const each = model.writes(call);
    if (each === undefined) return undefined;
    if ((each.does === "observes") !== (problem.observes[of_class] === 1)) return undefined;
    if ((each.does === "begins") !== (problem.overwrites[of_class] === 1)) return undefined;
    written.push(each);
  }
  const tree = new TextTree(problem, written, start);
  return tree.whole ? tree : undefined;
}

class Texts {
  readonly #problem: Problem;
  readonly #tree: TextTree;
  readonly #budget: Budget;
  readonly #attempts: number;
  readonly #open: Open;
  readonly #look: Look;
  readonly #rows: Rows;
  readonly #places = new Places();
  #turns = 0;
  #width = width;
  /** The last position where it was stuck, and how often it was stuck about there. */
  #stuck_at = -1;
  #stuck = 0;
  #seed = 1;

  constructor(problem: Problem, tree: TextTree, attempts: number, budget: Budget) {
    const class_of = problem.class_of.map((of_class) => tree.alike[of_class]!);
    this.#problem = { ...problem, class_of };
    this.#tree = tree;
    this.#budget = budget;
    this.#attempts = attempts;
    this.#open = new Open(this.#problem);
    this.#look = new Look(this.#problem, tree, this.#open);
    this.#rows = new Rows(this.#problem, tree, this.#open, this.#look);
  }

  run(): SearchResult {
    const { start } = this.#tree;
    const placed = this.#open.none();
    const first = { node: start, placed, begun_at: -1, trail: undefined, look: 0 };
    let end = this.#arrive(first, 0);
    let position = 0;
    while (end === undefined) {
      if (this.#places.isEmpty && !this.#goBack(position))
        return { kind: "gave up", why: "width", events_passed: position };
      position = this.#places.nearest;
      this.#places.save(position, position - between_saved + 1);
      if (position > this.#stuck_at + through) this.#width = width;
      if (this.#budget.progress !== undefined) this.#budget.progress[0] = position;
      const why = this.#exhausted();
      if (why !== undefined) return { kind: "gave up", why, events_passed: position };
      end = this.#pass(position);
      this.#places.leaveBehind(position);
    }
    return { kind: "linearizable", order: this.#orderOf(end) };
  }

  /** Goes on from the best places at a position. @returns the place at the end, when it comes there */
  #pass(position: number): Place | undefined {
    const returning = ~this.#problem.events[position]!;
    this.#open.goTo(position);
    this.#look.from();
    let seen = 0;
    for (let round = 0; round < most_rounds; round++) {
      const places = this.#places.at(position).slice(seen);
      seen += places.length;
      for (const place of this.#best(places)) {
        this.#turns++;
        for (const row of this.#rows.from(place, returning)) {
          const end = this.#arrive(this.#make(place, row), position);
          if (end !== undefined) return end;
        }
      }
    }
    return undefined;
  }

  #best(places: Place[]): Place[] {
    for (const place of places) place.look = this.#look.at(place) + this.#chance();
    places.sort((one, other) => other.look - one.look);
    const alike = new Map<string, number>();
    const best: Place[] = [];
    for (const place of places) {
      if (best.length === this.#width) break;
      const key = `${place.node} ${this.#open.observed(place.placed).join()}`;
      const known = alike.get(key) ?? 0;
      alike.set(key, known + 1);
      if (known < most_alike) best.push(place);
    }
    return best;
  }

  #chance(): number {
    if (this.#width === width) return 0;
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0;
    return chance * (this.#seed / 2 ** 32 - 0.5);
  }

  /** The place after a row of operations. */
  #make(from: Place, row: readonly number[]): Place {
    const { class_of, overwrites } = this.#problem;
    const { children, node_of } = this.#tree;
    const { position } = this.#open;
    const { node, begun_at, trail } = from;
    const place: Place = { node, placed: from.placed.slice(), begun_at, trail, look: 0 };
    for (const move of row) {
      const operation = move < 0 ? ~move : move;
      const of_class = class_of[operation]!;
      if (move < 0 && place.node !== no_node) {
        this.#open.put(place.placed, operation); // it finds its place in the order at the end
        continue;
      }
      this.#place(place, operation, position);
      if (overwrites[of_class] === 1) place.begun_at = position;
      if (move < 0) continue;
      if (overwrites[of_class] === 1) place.node = node_of[of_class]!;
      else place.node = children[place.node]?.get(of_class) ?? no_node;
      for (const observation of this.#look.observing(place.node))
        if (!this.#open.has(place.placed, observation)) this.#place(place, observation, position);
    }
    return place;
  }

  #place(place: Place, operation: number, at: number): void {
    this.#open.put(place.placed, operation);
    place.trail = { before: place.trail, operation, at };
  }

  /** Goes on to the first return of an operation that was not placed. @returns the place when there is none */
  #arrive(place: Place, from: number): Place | undefined {
    const { class_of, events, observes } = this.#problem;
    for (let position = from; position < events.length; position++) {
      const event = events[position]!;
      if (event >= 0) {
        const of_class = class_of[event]!;
        if (observes[of_class] === 1 && this.#tree.shows(place.node, this.#tree.node_of[of_class]!))
          this.#place(place, event, position + 1);
      } else if (this.#open.has(place.placed, ~event)) this.#open.take(place.placed, ~event);
      else {
        this.#places.add(place, position);
        return undefined;
      }
    }
    return place;
  }

  /** Where it is stuck. @returns whether it goes on */
  #goBack(position: number): boolean {
    const blocked = ~this.#problem.events[position]!;
    if (position > this.#stuck_at + through / 3) {
      this.#stuck_at = position;
      this.#stuck = 0;
    }
    if (++this.#stuck > this.#attempts) return false;
    const more = (this.#stuck - 1) >> 1;
    this.#width = Math.min(most_width, width * 2 ** (1 + more));
    this.#look.weight[blocked]!++;
    this.#places.goBack(this.#problem.called_at[blocked]! - least_back * (1 + more));
    return true;
  }

  #orderOf(end: Place): number[] {
    const order: number[] = [];
    const order_at: number[] = [];
    for (let step = end.trail; step !== undefined; step = step.before) {
      order.push(step.operation);
      order_at.push(step.at);
    }
    return withWaived(this.#problem, order.reverse(), order_at.reverse());
  }

  #exhausted(): ReturnType<typeof exhausted> {
    if (this.#turns > (this.#budget.turns ?? Number.POSITIVE_INFINITY)) return "turns";
    return exhausted(this.#budget, this.#places.bytes);
  }
}
