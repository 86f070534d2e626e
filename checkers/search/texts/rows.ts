import type { Problem } from "../problem.ts";
import type { Look } from "./look.ts";
import type { Open } from "./open.ts";
import type { Place } from "./places.ts";
import { no_node, type TextTree } from "./tree.ts";

/** How many events ahead observations are looked for that an addition may serve. */
const near = 50;

/** Rows of open operations to be placed one after the other; `~o` passes over operation o. */
export class Rows {
  readonly #problem: Problem;
  readonly #tree: TextTree;
  readonly #open: Open;
  readonly #look: Look;

  constructor(problem: Problem, tree: TextTree, open: Open, look: Look) {
    this.#problem = problem;
    this.#tree = tree;
    this.#open = open;
    this.#look = look;
  }

  /** From a place where an operation returns that was not placed. */
  from(place: Place, returning: number): number[][] {
    const { called_at, class_of, observes, optional, overwrites } = this.#problem;
    const { children, node_of } = this.#tree;
    const of_class = class_of[returning]!;
    const rows: number[][] = [];
    const done = new Set<number>();
    if (observes[of_class] === 1) {
      done.add(node_of[of_class]!);
      rows.push(...this.#to(node_of[of_class]!, place));
    } else {
      const free =
        place.node === no_node ||
        called_at[returning]! < place.begun_at ||
        optional[of_class] === 1;
      if (free) rows.push([~returning]);
      if (!free || overwrites[of_class] === 1 || children[place.node]?.has(of_class) === true)
        rows.push([returning]);
      if (overwrites[of_class] === 0) rows.push(...this.#through(returning, place));
    }
    for (const operation of this.#open.observing) {
      const node = node_of[class_of[operation]!]!;
      if (done.has(node) || this.#open.has(place.placed, operation)) continue;
      done.add(node);
      rows.push(...this.#to(node, place));
    }
    return rows;
  }

  /** Rows that end with an addition which returns, on the way to a text that is observed soon. */
  #through(returning: number, place: Place): number[][] {
    const { added, node_of, parent } = this.#tree;
    const { class_of } = this.#problem;
    const of_class = class_of[returning]!;
    const befores = new Set<number>();
    for (const observation of this.#look.wantedAt(place, this.#open.position + near))
      for (let node = node_of[class_of[observation]!]!; node !== no_node; node = parent[node]!)
        if (parent[node]! !== no_node && added[node] === of_class) befores.add(parent[node]!);
    befores.delete(place.node); // that is `returning` alone
    return [...befores].flatMap((before) =>
      this.#to(before, place).flatMap((row) => {
        const last = this.#first(of_class, place, row);
        return last === undefined ? [] : [[...row, last]];
      }),
    );
  }

  /** Rows that make the text of a node, from the one that is there or from a new one. */
  #to(node: number, place: Place): number[][] {
    const { begun_by } = this.#tree;
    const rows: number[][] = [];
    if (place.node !== node && this.#tree.within(node, place.node)) {
      const row = this.#way(place.node, node, place, []);
      if (row !== undefined) rows.push(row);
    }
    for (const from of this.#tree.above(node)) {
      for (const of_class of begun_by[from]!) {
        const begin = this.#first(of_class, place, []);
        const row = begin === undefined ? undefined : this.#way(from, node, place, [begin]);
        if (row === undefined) continue;
        rows.push(row);
        break;
      }
    }
    return rows;
  }

  #way(from: number, to: number, place: Place, begun: readonly number[]): number[] | undefined {
    const row = [...begun];
    for (const of_class of this.#tree.way(from, to)) {
      const next = this.#first(of_class, place, row);
      if (next === undefined) return undefined;
      row.push(next);
    }
    return row;
  }

  /** The first one of a class to return that is neither placed nor in a row. */
  #first(of_class: number, { placed }: Place, row: readonly number[]): number | undefined {
    return this.#open.by_class[of_class]?.find(
      (each) => !this.#open.has(placed, each) && !row.includes(each),
    );
  }
}
