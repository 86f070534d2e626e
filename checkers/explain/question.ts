import type { Operation } from "../../histories/event.ts";
import type { Model } from "../model.ts";
import { type Problem, toProblem } from "../search/problem.ts";
import { search } from "../search/search.ts";
import type { Budget, SearchResult } from "../search/search-result.ts";

const unknown = { status: "info", output: undefined, returned: Number.POSITIVE_INFINITY } as const;

/**
 * Asks the search about variations of one history: some operations are needed (they must be placed), the others
 * may have happened, each in its time, or not. So if a history is impossible, it still is with more needed
 * operations.
 */
export class Question<State> {
  readonly operations: readonly Operation[];
  readonly model: Model<State>;
  readonly #budget: Budget;

  constructor(operations: readonly Operation[], model: Model<State>, budget: Budget) {
    this.operations = operations;
    this.model = model;
    this.#budget = budget;
  }

  /** The same for another history, or with less time. */
  with(change: {
    operations?: readonly Operation[];
    model?: Model<State>;
    deadline_ms?: number;
  }): Question<State> {
    const { operations = this.operations, model = this.model } = change;
    return new Question(operations, model, { ...this.#budget, deadline_ms: this.#by(change) });
  }

  get time_left_ms(): number {
    return (this.#budget.deadline_ms ?? Number.POSITIVE_INFINITY) - performance.now();
  }

  /** Whether all needed operations can be placed; undefined when that is not decided in time. */
  fits(needed: ReadonlySet<Operation>): boolean | undefined {
    const { outcome } = this.#ask(needed, this.#budget);
    return outcome.kind === "gave up" ? undefined : outcome.kind === "linearizable";
  }

  /** An order of operations that has all needed ones; "none" when there is none. */
  order(needed: ReadonlySet<Operation>): Operation[] | "none" | undefined {
    const { outcome, problem } = this.#ask(needed, { ...this.#budget, witness: true });
    if (outcome.kind === "linearizable") return outcome.order.map((at) => problem.operations[at]!);
    return outcome.kind === "impossible" ? "none" : undefined;
  }

  #ask(
    needed: ReadonlySet<Operation>,
    budget: Budget,
  ): { outcome: SearchResult; problem: Problem } {
    const out = new Set(this.operations.filter((operation) => !needed.has(operation)));
    const problem = toProblem(this.operations, this.model, out);
    return { outcome: search(problem, this.model, budget), problem };
  }

  #by({ deadline_ms }: { deadline_ms?: number }): number {
    return Math.min(deadline_ms ?? Infinity, this.#budget.deadline_ms ?? Infinity);
  }
}

/** The history up to a time: operations that had not returned by then may answer anything. */
export function startOf(all: readonly Operation[], time: number): Operation[] {
  return all
    .filter(({ status, invoked }) => status !== "fail" && invoked < time)
    .map((operation) =>
      operation.returned <= time || operation.status === "info"
        ? operation
        : { ...operation, ...unknown },
    );
}
