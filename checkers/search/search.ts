import type { Model } from "../model.ts";
import { CrashedSets } from "./crashed-sets.ts";
import { Moves } from "./moves.ts";
import type { Problem } from "./problem.ts";
import { Timeline } from "./timeline.ts";
import { impossible, Transitions } from "./transitions.ts";
import { doubled, Visited } from "./visited.ts";

export interface SearchLimits {
  /** On the clock of `performance.now()`. */
  readonly deadline_ms?: number;
  readonly memory_bytes?: number;
  readonly signal?: AbortSignal;
}

export type Outcome =
  /** Operations in an order that the model allows; those of unknown outcome only as far as needed. */
  | { readonly kind: "linearizable"; readonly order: readonly number[] }
  /** One gets as far as the return of `blocked`, which cannot be placed. */
  | { readonly kind: "impossible"; readonly blocked: number }
  | { readonly kind: "gave up"; readonly why: string; readonly events_passed: number };

/**
 * Whether one key's history is linearizable, exactly.
 *
 * Wing and Gong's search (1993) with Lowe's memory of visited places (2017), just in time: only when
 * an operation returns and was not placed yet are open operations placed, one after the other, until it is.
 * What makes it fast, each without changing the answer:
 * - what only observes is placed as soon as it is open and true (see Model.observes);
 * - of open operations that look alike, only the one that returns first is tried;
 * - crashed operations that look alike count as one, and a place reached with fewer of them settles the
 *   one with more;
 * - what only overwrites may be placed unseen just before another overwriting one: so after one of them,
 *   the others that are open need not be placed any more, though they may ("waived").
 * Checked against brute force in search.test.ts.
 */
export function search<State>(
  problem: Problem,
  model: Model<State>,
  limits: SearchLimits = {},
): Outcome {
  return new Search(problem, new Transitions(model, problem), limits).run();
}

const frame_size = 7;

class Search<State> {
  readonly #problem: Problem;
  readonly #transitions: Transitions<State>;
  readonly #limits: SearchLimits;
  readonly #timeline: Timeline;
  readonly #crashed_sets: CrashedSets;
  readonly #visited: Visited;
  readonly #moves: Moves;
  readonly #words: number;

  // Where the search is, besides the timeline's position.
  #state = 0;
  #crashed = 0;
  readonly #placed: Int32Array;
  readonly #waived: Int32Array;
  readonly #order: number[] = [];
  readonly #order_at: number[] = [];
  /** The last move overwrote and nothing was placed since: overwriting again here is pointless. */
  #unseen = false;

  // The way here: position, state, crashed, order's length, first move, next move, phase, placed…, waived…
  #frames: Int32Array;
  #depth = 0;
  readonly #frame: number;

  #furthest = -1;
  #turns = 0;

  constructor(problem: Problem, transitions: Transitions<State>, limits: SearchLimits) {
    this.#problem = problem;
    this.#transitions = transitions;
    this.#limits = limits;
    this.#timeline = new Timeline(problem);
    this.#crashed_sets = new CrashedSets(problem.calls.length);
    this.#words = this.#timeline.open.length;
    this.#visited = new Visited(this.#words, this.#crashed_sets);
    this.#moves = new Moves(problem, transitions, this.#timeline, this.#crashed_sets);
    this.#placed = new Int32Array(this.#words);
    this.#waived = new Int32Array(this.#words);
    this.#frame = frame_size + 2 * this.#words;
    this.#frames = new Int32Array(this.#frame * 64);
  }

  run(): Outcome {
    if (this.#advance()) return this.#success();
    this.#enter();
    while (this.#depth > 0) {
      if ((++this.#turns & 255) === 0) {
        const why = this.#exhausted();
        if (why !== undefined) return { kind: "gave up", why, events_passed: this.#furthest };
      }
      if (!this.#nextMove()) continue;
      const position = this.#timeline.position;
      if (this.#advance()) return this.#success();
      if (this.#timeline.position > position) this.#unseen = false;
      this.#enter();
    }
    const event = this.#problem.events[this.#furthest]!;
    return { kind: "impossible", blocked: ~event };
  }

  /** Goes on to the first return of an operation that is not placed. @returns whether there is none */
  #advance(): boolean {
    const { events, slot_of, class_of, observes } = this.#problem;
    const timeline = this.#timeline;
    while (timeline.position < events.length) {
      const event = events[timeline.position]!;
      if (event < 0) {
        const slot = slot_of[~event]!;
        const bit = 1 << (slot & 31);
        if ((this.#placed[slot >> 5]! & bit) === 0) return false;
        this.#placed[slot >> 5]! &= ~bit;
        timeline.leave(~event);
        continue;
      }
      timeline.call(event);
      const of_class = class_of[event]!;
      if (observes[of_class] === 1 && this.#transitions.next(this.#state, of_class) !== impossible)
        this.#place(event);
    }
    return true;
  }

  /** Puts this place on the way, unless it is settled or leads nowhere. */
  #enter(): void {
    const timeline = this.#timeline;
    this.#furthest = Math.max(this.#furthest, timeline.position);
    const { position, observers } = timeline;
    if (
      this.#visited.settled(
        position,
        this.#state,
        this.#crashed,
        this.#placed,
        this.#waived,
        observers,
      )
    )
      return;
    const at = this.#depth * this.#frame;
    if (at + this.#frame > this.#frames.length) this.#frames = doubled(this.#frames);
    const frames = this.#frames;
    const first = this.#moves.count;
    this.#moves.addSkip(this.#state, this.#waived);
    this.#moves.addOpen(this.#state, this.#placed, this.#unseen);
    frames[at] = position;
    frames[at + 1] = this.#state;
    frames[at + 2] = this.#crashed;
    frames[at + 3] = this.#order.length;
    frames[at + 4] = first;
    frames[at + 5] = first;
    frames[at + 6] = this.#unseen ? 1 : 0; // and 2 once the crashed ones were added
    for (let word = 0; word < this.#words; word++) {
      frames[at + frame_size + word] = this.#placed[word]!;
      frames[at + frame_size + this.#words + word] = this.#waived[word]!;
    }
    this.#depth++;
  }

  /** Back to the last place on the way and one move on from there. @returns false when it has none left */
  #nextMove(): boolean {
    const frames = this.#frames;
    const at = (this.#depth - 1) * this.#frame;
    const moves = this.#moves;
    this.#timeline.backTo(frames[at]!);
    this.#state = frames[at + 1]!;
    this.#crashed = frames[at + 2]!;
    this.#order.length = this.#order_at.length = frames[at + 3]!;
    for (let word = 0; word < this.#words; word++) {
      this.#placed[word] = frames[at + frame_size + word]!;
      this.#waived[word] = frames[at + frame_size + this.#words + word]!;
    }
    if (frames[at + 5] === moves.count && (frames[at + 6]! & 2) === 0) {
      moves.addCrashed(this.#state, this.#crashed, this.#placed, (frames[at + 6]! & 1) === 1);
      frames[at + 6]! |= 2;
    }
    const move = frames[at + 5]!;
    if (move === moves.count) {
      moves.count = frames[at + 4]!;
      this.#depth--;
      return false;
    }
    frames[at + 5]!++;
    this.#make(moves.operation(move), moves.state(move));
    return true;
  }

  #make(operation: number, next: number): void {
    const { class_of, slot_of, overwrites } = this.#problem;
    if (operation < 0) return this.#skip(~operation);
    const of_class = class_of[operation]!;
    if (slot_of[operation] === -1) {
      this.#crashed = this.#crashed_sets.add(this.#crashed, of_class);
      this.#order.push(operation);
      this.#order_at.push(this.#timeline.position);
    } else this.#place(operation);
    this.#unseen = false;
    if (overwrites[of_class] === 1) {
      const { overwriters } = this.#timeline;
      for (let word = 0; word < this.#words; word++)
        this.#waived[word] = overwriters[word]! & ~this.#placed[word]!;
      this.#unseen = true;
    }
    if (next === this.#state) return;
    this.#state = next;
    this.#observe();
  }

  /** Passes over a waived operation: it will be put into the order at the end. */
  #skip(operation: number): void {
    const slot = this.#problem.slot_of[operation]!;
    this.#placed[slot >> 5]! |= 1 << (slot & 31);
    this.#waived[slot >> 5]! &= ~(1 << (slot & 31));
    this.#unseen = false;
  }

  /** Places every open observation that is true now. */
  #observe(): void {
    const { observers, operation_in } = this.#timeline;
    for (let word = 0; word < this.#words; word++) {
      let left = observers[word]! & ~this.#placed[word]!;
      while (left !== 0) {
        const low = left & -left;
        left ^= low;
        const operation = operation_in[word * 32 + 31 - Math.clz32(low)]!;
        if (this.#transitions.next(this.#state, this.#problem.class_of[operation]!) === impossible)
          continue;
        this.#place(operation);
        this.#unseen = false;
      }
    }
  }

  #place(operation: number): void {
    const slot = this.#problem.slot_of[operation]!;
    this.#placed[slot >> 5]! |= 1 << (slot & 31);
    this.#waived[slot >> 5]! &= ~(1 << (slot & 31));
    this.#order.push(operation);
    this.#order_at.push(this.#timeline.position);
  }

  #success(): Outcome {
    return { kind: "linearizable", order: this.#withWaived() };
  }

  /** The order, with each waived operation just before the first overwriting one that was placed while it was open. */
  #withWaived(): number[] {
    const { operations, class_of, overwrites, called_at, slot_of } = this.#problem;
    const in_order = new Uint8Array(operations.length);
    for (const operation of this.#order) in_order[operation] = 1;
    const waived = operations
      .map((_, operation) => operation)
      .filter((operation) => in_order[operation] === 0 && slot_of[operation] !== -1);
    const whole: number[] = [];
    let next = 0;
    for (const [index, operation] of this.#order.entries()) {
      if (overwrites[class_of[operation]!] === 1)
        while (next < waived.length && called_at[waived[next]!]! < this.#order_at[index]!)
          whole.push(waived[next++]!);
      whole.push(operation);
    }
    return whole;
  }

  #exhausted(): string | undefined {
    const { deadline_ms, memory_bytes, signal } = this.#limits;
    if (signal?.aborted === true) return "it was told to stop";
    if (deadline_ms !== undefined && performance.now() > deadline_ms) return "the time was up";
    const bytes = this.#visited.bytes + this.#crashed_sets.bytes + 4 * this.#frames.length;
    if (memory_bytes !== undefined && bytes > memory_bytes) return "the memory was used up";
    return undefined;
  }
}
