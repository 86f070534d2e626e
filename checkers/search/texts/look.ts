import type { Problem } from "../problem.ts";
import type { Open } from "./open.ts";
import type { Place } from "./places.ts";
import { no_node, type TextTree } from "./tree.ts";

/** How many events ahead observations count among those that are still to be made. */
const near = 120;
/** What makes a place look worse, fitted to which places were on the way to the order that histories were made of. */
const penalty = {
  /** For each addition, and each text to begin, that it takes to make all observations that are not made yet. */
  addition: 0.58,
  begin: 0.96,
  /** For each text that is still to be observed. */
  text: 0.35,
  /** For an operation that was placed and returns later: it might have been used later. By how much later. */
  soon: [10, 30, 80, Number.POSITIVE_INFINITY],
  added_early: [1.53, 1.44, 1.84, 2.2],
  begun_early: [2.12, 1.87, 1.96, 2.14],
  /** For a text that is of use, beside what it spares. */
  useful: 0.62,
};

/** How promising places look at a position. */
export class Look {
  /** By observation: how much more it matters than others, since places were left at its return. */
  readonly weight: Float64Array;
  readonly #problem: Problem;
  readonly #tree: TextTree;
  readonly #open: Open;
  /** Observations that are open or called soon, by their nodes' ranks: all of a subtree are neighbours. */
  #wanted: readonly number[] = [];
  /** By class, what is open or called soon and does not observe. */
  #supply: readonly (readonly number[])[] = [];
  /** The open observations by node. */
  readonly #observing = new Map<number, number[]>();
  #early: { readonly operation: number; readonly penalty: number }[] = [];

  constructor(problem: Problem, tree: TextTree, open: Open) {
    this.#problem = problem;
    this.#tree = tree;
    this.#open = open;
    this.weight = new Float64Array(problem.operations.length);
  }

  /** Looks from the position where `open` is. */
  from(): void {
    const { class_of, events, observes, overwrites, returned_at } = this.#problem;
    const { rank, node_of } = this.#tree;
    const { by_class, observing, position } = this.#open;
    const wanted = [...observing];
    const supply = by_class.map((operations) => [...operations]);
    for (const event of events.subarray(position, position + near)) {
      if (event < 0) continue;
      if (observes[class_of[event]!] === 1) wanted.push(event);
      else supply[class_of[event]!]!.push(event);
    }
    const rankOf = (operation: number): number => rank[node_of[class_of[operation]!]!]!;
    wanted.sort((a, b) => rankOf(a) - rankOf(b) || returned_at[a]! - returned_at[b]!);
    this.#observing.clear();
    for (const operation of observing) {
      const node = node_of[class_of[operation]!]!;
      const others = this.#observing.get(node);
      if (others === undefined) this.#observing.set(node, [operation]);
      else others.push(operation);
    }
    this.#wanted = wanted;
    this.#supply = supply;
    this.#early = by_class.flatMap((operations, of_class) => {
      const by_time = overwrites[of_class] === 1 ? penalty.begun_early : penalty.added_early;
      return operations.map((operation) => {
        const left = returned_at[operation]! - position;
        const time = penalty.soon.findIndex((limit) => left <= limit);
        return { operation, penalty: by_time[time]! };
      });
    });
  }

  /** Open observations that are true at a node. */
  observing(node: number): readonly number[] {
    const here = this.#observing.get(node) ?? [];
    const also = this.#tree.alsoShown(node);
    return also === no_node ? here : [...here, ...(this.#observing.get(also) ?? [])];
  }

  /** Open observations that were not made, and those that are called soon. */
  *wantedAt(place: Place, until: number): Generator<number> {
    const { called_at } = this.#problem;
    for (const operation of this.#wanted) {
      const called = called_at[operation]!;
      if (called < this.#open.position ? !this.#open.has(place.placed, operation) : called <= until)
        yield operation;
    }
  }

  at(place: Place): number {
    const { called_at, class_of, returned_at } = this.#problem;
    const { additions, depth, node_of, rank, rank_end } = this.#tree;
    const open = this.#open;
    let look = 0;
    let last = no_node;
    let last_returned = 0;
    let via = no_node;
    let via_returned = Number.POSITIVE_INFINITY;
    // A text that does not begin another one needs additions of its own; those on its way are observed with it.
    const needs = (): void => {
      look -= penalty.begin + penalty.addition * additions[last]!;
      if (last_returned >= via_returned || !this.#tree.within(last, place.node)) return;
      via = last;
      via_returned = last_returned;
    };
    for (const operation of this.#wanted) {
      const node = node_of[class_of[operation]!]!;
      if (called_at[operation]! < open.position) {
        if (open.has(place.placed, operation)) continue;
      } else if (node === place.node) {
        look -= penalty.text;
        continue;
      }
      if (this.weight[operation]! > 0) look -= this.#worry(operation, node, place);
      if (node === last) continue;
      if (last !== no_node && rank[node]! >= rank_end[last]!) needs();
      look -= penalty.text;
      last = node;
      last_returned = returned_at[operation]!;
    }
    if (last !== no_node) needs();
    if (via !== no_node) {
      const left = depth[via]! - depth[place.node]!;
      look += penalty.begin + penalty.addition * (additions[via]! - left) - penalty.useful;
    }
    for (const each of this.#early)
      if (open.has(place.placed, each.operation)) look -= each.penalty;
    return look;
  }

  /** How much it matters that an observation is not made, and that what it needs is scarce. */
  #worry(operation: number, node: number, place: Place): number {
    const { depth } = this.#tree;
    const within = this.#tree.within(node, place.node);
    const made = within ? depth[place.node]! / Math.max(1, depth[node]!) : 0;
    const from = within ? place.node : this.#beginOf(node);
    const needs = new Map<number, number>();
    for (const of_class of this.#tree.way(from, node))
      needs.set(of_class, (needs.get(of_class) ?? 0) + 1);
    const [begin] = this.#tree.begun_by[from]!;
    if (!within && begin !== undefined) needs.set(begin, 1);
    let scarce = 0;
    for (const [of_class, need] of needs) {
      const spare = this.#spare(of_class, operation, place) - need;
      scarce += 4 * Math.max(0, -spare) + Math.max(0, 1 - spare);
    }
    return this.weight[operation]! * (1 - 0.8 * made + scarce);
  }

  #beginOf(node: number): number {
    const { begun_by, parent } = this.#tree;
    let begin = node;
    while (begun_by[begin]!.length === 0 && parent[begin]! !== no_node) begin = parent[begin]!;
    return begin;
  }

  /** How many operations of a class could still be placed while an observation is open. */
  #spare(of_class: number, observation: number, place: Place): number {
    const { called_at, returned_at } = this.#problem;
    const { position } = this.#open;
    return this.#supply[of_class]!.filter(
      (each) =>
        returned_at[each]! >= called_at[observation]! &&
        called_at[each]! < returned_at[observation]! &&
        (called_at[each]! >= position || !this.#open.has(place.placed, each)),
    ).length;
  }
}
