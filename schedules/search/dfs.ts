import type { Played } from "../run/lane.ts";
import type { ChoicePoint, PickNext } from "../run/runner.ts";
import type { Fault } from "../schedule.ts";
import type { TraceStep } from "../trace.ts";
import type { Branch } from "./branch.ts";
import { asksClock, commute, type Move, moveOf } from "./independence.ts";
import type { Attempt, Search } from "./search.ts";

export interface ExhaustOptions {
  /** Leave out schedules that differ only in the order of steps that commute. */
  readonly prune: boolean;
  /** A client does more than one operation: then the order of returns matters too. */
  readonly several_operations: boolean;
  readonly faults?: readonly Fault[];
  /** Only these parts of the tree, which another search has left. Default: all of it. */
  readonly branches?: readonly Branch[] | undefined;
}

interface Pending extends Branch {
  readonly asleep: readonly Move[];
  readonly tries: number;
  /** It comes from another process. */
  readonly foreign?: true;
}

/**
 * Now and then a server does something else after the same choices. It may take the other victim of a deadlock. Or what
 * it does depends on something hidden: InnoDB locks a deleted row that was not purged yet, where otherwise there is
 * only a gap, which two clients can lock at once. A branch is lost only if this many tries do not reach it, or five,
 * once a pass has spent many more tries than schedules.
 */
const tries_max = 60;
const tries_at_least = 5;
/** A pass may spend this many tries more than schedules. */
const tries_free = 100;
/** The most passes: a victim that is taken once in a hundred times can be missed, and then the search begins anew. */
const passes_max = 3;

const root: Pending = { choices: [], asleep: [], candidates: [], tries: 1 };

const fromElsewhere = ({ asleep, ...branch }: Branch): Pending => ({
  ...branch,
  asleep: asleep.map((sleeper) => ({ ...sleeper, keys: undefined })),
  tries: 1,
  foreign: true,
});

const forElsewhere = ({ choices, candidates, asleep }: Pending): Branch => ({
  choices,
  candidates,
  asleep: asleep.map((move) => {
    const { keys: _, ...sleeper } = move;
    return sleeper;
  }),
});

/** A choice point that a visit went through. */
interface Node {
  readonly depth: number;
  readonly row: number;
  readonly candidates: readonly number[];
  readonly asleep: readonly Move[];
  readonly chosen: number;
}

/**
 * All interleavings, depth first, each schedule run from its start. Steps that commute are pruned by sleep sets
 * (Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996): after a step was tried at a
 * point, it sleeps in the branches beside it until a step comes that does not commute with it. Of every set of
 * interleavings that differ only in commuting steps at least one is run. A pass that lost branches proves nothing and
 * is followed by another; a pass without a loss covers everything.
 */
export class Exhaust implements Search {
  readonly exhaustive = true;
  pruned = 0;
  readonly #options: ExhaustOptions;
  /** Where it begins; the first is the last one here, as they are taken from the end. */
  readonly #roots: readonly Pending[];
  readonly #branches: Pending[];
  readonly #under_way = new Set<Pending>();
  #lost: Pending[] = [];
  /** A statement has asked for the time. */
  #clock_matters = false;
  #passes = 1;
  /** In this pass: schedules that were new, and those that missed their branch. */
  #visits = 0;
  #misses = 0;

  constructor(options: ExhaustOptions) {
    this.#options = options;
    const { branches } = options;
    this.#roots = branches ? branches.toReversed().map(fromElsewhere) : [root];
    this.#branches = [...this.#roots];
  }

  get diverged(): number {
    return this.#lost.length;
  }

  /** What is still to be visited, and what was lost: elsewhere it may be found again. */
  get left(): readonly Branch[] {
    return [...this.#under_way, ...this.#branches.toReversed(), ...this.#lost].map(forElsewhere);
  }

  next(): Attempt | undefined {
    const branch = this.#branches.pop() ?? this.#again();
    if (!branch) return undefined;
    const visit = new Visit(branch, this.#options, () => this.#clock_matters);
    this.#under_way.add(branch);
    return {
      pick: visit.pick,
      faults: this.#options.faults ?? [],
      done: (played) => {
        this.#under_way.delete(branch);
        if (visit.arrived && !played.trace.unsteady) this.#visited(visit, played);
        else this.#tryAgain(branch);
      },
    };
  }

  #again(): Pending | undefined {
    const is_over = this.#lost.length === 0 || this.#passes === passes_max;
    if (this.#under_way.size > 0 || is_over) return undefined;
    this.#passes++;
    this.#lost = [];
    this.pruned = 0;
    this.#visits = 0;
    this.#misses = 0;
    this.#branches.push(...this.#roots);
    return this.#branches.pop();
  }

  /** Tries a branch again, after all others: what the server depends on may have changed by then. */
  #tryAgain(branch: Pending): void {
    this.#misses++;
    const is_too_much = this.#misses > tries_free + this.#visits;
    if (branch.tries >= (is_too_much ? tries_at_least : tries_max)) this.#lost.push(branch);
    else this.#branches.unshift({ ...branch, tries: branch.tries + 1 });
  }

  #visited(visit: Visit, { trace }: Played): void {
    this.#visits++;
    if (!this.#clock_matters && trace.steps.some(asksClock)) {
      this.#clock_matters = true;
      // What was pruned until now may matter.
      if (this.#visits > 1) this.#lost.push(...this.#roots);
    }
    for (const node of visit.nodes) this.#addSibling(node, trace.choices, trace.steps);
  }

  #addSibling(node: Node, choices: readonly number[], steps: readonly TraceStep[]): void {
    const { prune } = this.#options;
    const { depth, candidates, chosen } = node;
    const tried = prune
      ? [moveOf(steps, node.row, this.#clock_matters)].filter((move) => !move.entangled)
      : [];
    const asleep = [...node.asleep, ...tried];
    const rest = candidates.map((_, i) => i).filter((i) => i > chosen);
    const awake = rest.filter((i) => !asleep.some((move) => move.client === candidates[i]));
    // It commutes with everything: its client would sleep to the end.
    if (asleep.some((move) => move.free)) awake.length = 0;
    const [next] = awake;
    // Those that sleep are counted once: when no sibling is left.
    if (next === undefined) this.pruned += rest.length;
    else {
      this.pruned += rest.filter((i) => i < next).length;
      this.#branches.push({
        choices: [...choices.slice(0, depth), next],
        asleep,
        candidates,
        tries: 1,
      });
    }
  }
}

/** One run down the tree. */
class Visit {
  readonly nodes: Node[] = [];
  /** It reached its branch; otherwise the server did something else after the same choices. */
  arrived: boolean;
  readonly pick: PickNext = (point) => this.#pick(point);
  readonly #branch: Pending;
  readonly #options: ExhaustOptions;
  readonly #clockMatters: () => boolean;
  #depth = 0;
  #asleep: readonly Move[] = [];
  #seen_rows = 0;
  /** From here on it only repeats what another schedule does. */
  #redundant = false;

  constructor(branch: Pending, options: ExhaustOptions, clockMatters: () => boolean) {
    this.#branch = branch;
    this.#options = options;
    this.#clockMatters = clockMatters;
    this.arrived = branch.choices.length === 0;
  }

  #pick(point: ChoicePoint): number {
    const depth = this.#depth++;
    const { choices, candidates } = this.#branch;
    if (depth < choices.length - 1) return choices[depth] as number;
    const here = point.candidates.map((candidate) => candidate.client);
    if (depth === choices.length - 1) {
      this.arrived = here.join() === candidates.join();
      this.#asleep = this.#asleepHere(point);
      return this.#visit(depth, point, here, choices[depth] as number);
    }
    this.#fallAsleepOrWake(point.steps);
    if (this.#redundant) return 0;
    const awake = here.findIndex((client) => !this.#asleep.some((move) => move.client === client));
    this.#redundant = awake < 0;
    return this.#redundant ? 0 : this.#visit(depth, point, here, awake);
  }

  /** Of a branch from elsewhere, the keys of the sleeping steps are found out here (see `branch.ts`). */
  #asleepHere({ candidates, touches }: ChoicePoint): readonly Move[] {
    const { asleep, foreign } = this.#branch;
    if (!foreign) return asleep;
    return asleep.map((move) => {
      const there = candidates.find(({ client }) => client === move.client);
      return { ...move, keys: there && touches(there.step) };
    });
  }

  #visit(depth: number, point: ChoicePoint, candidates: readonly number[], chosen: number): number {
    const row = point.steps.length;
    this.#seen_rows = row;
    this.nodes.push({ depth, row, candidates, asleep: this.#asleep, chosen });
    return chosen;
  }

  /** A step wakes all those that do not commute with it. */
  #fallAsleepOrWake(steps: readonly TraceStep[]): void {
    for (; this.#seen_rows < steps.length && this.#asleep.length > 0; this.#seen_rows++) {
      const move = moveOf(steps, this.#seen_rows, this.#clockMatters());
      // Nobody else could go, so the sleeper did: all that follows was seen before.
      if (this.#asleep.some((sleeper) => sleeper.client === move.client)) this.#redundant = true;
      this.#asleep = this.#asleep.filter((sleeper) =>
        commute(sleeper, move, this.#options.several_operations),
      );
    }
  }
}
