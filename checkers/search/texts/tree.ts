import type { Written } from "../../model.ts";
import type { Problem } from "../problem.ts";

/** No node: a text that nothing observes, or of which nobody cares what it is. */
export const no_node = -1;
/** No text, and the empty one: what is added to either makes the same. */
const missing = 0;
const empty = 1;

/**
 * The texts that are observed, and all on the way to them. A node is such a text; its children are one addition longer.
 * Of several ways to put a text together, a node's parent is on the first one.
 */
export class TextTree {
  readonly parent: number[] = [no_node, no_node];
  /** By node: the class of the addition that leads there from its parent. */
  readonly added: number[] = [no_node, no_node];
  readonly children: Map<number, number>[] = [new Map(), new Map()];
  /** By node: the classes that begin with its text. */
  readonly begun_by: (readonly number[])[] = [[], []];
  /** By node: how many additions its text has, and how many of them since the latest text that something begins with. */
  readonly depth: number[] = [0, 0];
  readonly additions: number[] = [0, 0];
  /** By node: its number when parents come before children, and the first number after those of its descendants. */
  readonly rank: number[] = [];
  readonly rank_end: number[] = [];
  /** By class: the node that it begins with, or observes. */
  readonly node_of: Int32Array;
  /** By class: one that adds the same, whatever it answered; or itself. */
  readonly alike: Int32Array;
  readonly start: number;
  /** Whether all that is observed can be put together. */
  readonly whole: boolean;
  readonly #begins = new Map<string, number[]>();
  readonly #begun = new Map<string, number>();
  readonly #begin_lengths = new Set<number>();
  readonly #adds = new Map<string, number>();
  /** A class that adds nothing. */
  #nothing = no_node;
  readonly #add_lengths = new Set<number>();

  constructor({ calls }: Problem, written: readonly Written[], start: string | null) {
    this.node_of = new Int32Array(calls.length).fill(no_node);
    this.alike = Int32Array.from(calls.keys());
    const observed = new Map<string, number[]>();
    for (const [of_class, { does, text }] of written.entries()) {
      if (does === "adds") this.#add(text, of_class);
      else if (text === null) this.#put(of_class, missing, does);
      else if (text === "") this.#put(of_class, empty, does);
      else push(does === "begins" ? this.#begins : observed, text, of_class);
    }
    if (start !== null && start !== "" && !this.#begins.has(start)) this.#begins.set(start, []);
    for (const { length } of this.#begins.keys()) this.#begin_lengths.add(length);
    for (const { length } of this.#adds.keys()) this.#add_lengths.add(length);
    let whole = true;
    for (const [text, classes] of observed) {
      const node = this.#grow(text);
      whole &&= node !== no_node;
      for (const of_class of classes) this.node_of[of_class] = node;
    }
    this.whole = whole;
    this.#rank();
    if (this.#nothing !== no_node)
      for (const [node, children] of this.children.entries())
        children.set(this.#nothing, Math.max(node, empty));
    for (const [of_class, node] of this.children[missing]!)
      this.children[empty]!.set(of_class, node);
    if (start === null) this.start = missing;
    else this.start = start === "" ? empty : (this.#begun.get(start) ?? no_node);
  }

  /** Whether what observes `node` is true at another one. */
  shows(at: number, node: number): boolean {
    return at !== no_node && (at === node || this.alsoShown(at) === node);
  }

  /** Another node whose observations are true at this one. */
  alsoShown(node: number): number {
    return node === missing ? empty : no_node;
  }

  /** Whether additions to the text at `top` can make the one at `node`. */
  within(node: number, top: number): boolean {
    if (top === no_node) return false;
    const from = top === empty ? missing : top;
    return this.rank[node]! >= this.rank[from]! && this.rank[node]! < this.rank_end[from]!;
  }

  /** The nodes that additions may lead from to this one, and itself. */
  above(node: number): number[] {
    if (node === empty) return [empty, missing];
    const nodes: number[] = [];
    for (let from = node; from !== no_node; from = this.parent[from]!) nodes.push(from);
    if (nodes.at(-1) === missing && node !== missing) nodes.push(empty);
    return nodes;
  }

  /** The classes of the additions from a node to one that is below it, in their order. */
  way(from: number, to: number): number[] {
    if (to === empty) return [];
    const top = from === empty ? missing : from;
    const classes: number[] = [];
    for (let node = to; node !== top; node = this.parent[node]!) classes.push(this.added[node]!);
    return classes.reverse();
  }

  /** Adds a text, and all on the way to it. @returns its node */
  #grow(text: string): number {
    const reached = new Int32Array(text.length + 1).fill(no_node);
    reached[0] = missing;
    for (let length = 0; length <= text.length; length++) {
      if (length > 0 && this.#begin_lengths.has(length))
        reached[length] = this.#begin(text.slice(0, length), reached[length]!);
      const node = reached[length]!;
      if (node === no_node) continue;
      for (const more of this.#add_lengths) {
        const of_class = this.#adds.get(text.slice(length, length + more));
        if (of_class === undefined || length + more > text.length) continue;
        const known = reached[length + more]!;
        const child =
          known === no_node
            ? (this.children[node]!.get(of_class) ?? this.#new(node, of_class))
            : known;
        this.children[node]!.set(of_class, child);
        reached[length + more] = child;
      }
    }
    return reached[text.length]!;
  }

  /** @returns the node of a text that something may begin with, if it has one, or gets one as that does */
  #begin(text: string, reached: number): number {
    const classes = this.#begins.get(text);
    if (classes === undefined) return reached;
    const node = this.#begun.get(text) ?? (reached === no_node ? this.#new(no_node, 0) : reached);
    if (this.#begun.has(text)) return node;
    this.#begun.set(text, node);
    this.begun_by[node] = classes;
    if (classes.length > 0) this.additions[node] = 0;
    for (const of_class of classes) this.node_of[of_class] = node;
    return node;
  }

  #new(parent: number, added: number): number {
    this.added.push(added);
    this.children.push(new Map());
    this.begun_by.push([]);
    this.depth.push(parent === no_node ? 1 : this.depth[parent]! + 1);
    this.additions.push(parent === no_node ? 0 : this.additions[parent]! + 1);
    return this.parent.push(parent) - 1;
  }

  #add(text: string, of_class: number): void {
    const known = this.#adds.get(text);
    if (known !== undefined) this.alike[of_class] = known;
    else if (text === "") this.#nothing = of_class;
    else this.#adds.set(text, of_class);
  }

  #put(of_class: number, node: number, does: "begins" | "observes"): void {
    this.node_of[of_class] = node;
    if (does === "begins") this.begun_by[node] = [...this.begun_by[node]!, of_class];
  }

  #rank(): void {
    let next = 0;
    const left = [...this.parent.keys()].filter((node) => this.parent[node] === no_node).reverse();
    while (left.length > 0) {
      const node = left.pop()!;
      if (this.rank[node] !== undefined) {
        this.rank_end[node] = next;
        continue;
      }
      this.rank[node] = next++;
      left.push(node);
      for (const child of new Set(this.children[node]!.values()))
        if (this.parent[child] === node) left.push(child);
    }
  }
}

function push(lists: Map<string, number[]>, text: string, of_class: number): void {
  const list = lists.get(text);
  if (list === undefined) lists.set(text, [of_class]);
  else list.push(of_class);
}
