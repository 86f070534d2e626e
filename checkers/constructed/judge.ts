import type { Operation } from "../../histories/event.ts";
import { linearizable } from "../linearizable.ts";
import { breadthFirst } from "../search/breadth-first.ts";
import { depthFirst } from "../search/depth-first.ts";
import { type Problem, toProblem } from "../search/problem.ts";
import { search, stepsOf } from "../search/search.ts";
import type { Budget, SearchResult } from "../search/search-result.ts";
import type { Kind } from "./kind.ts";
import { wrongOrder } from "./wrong-order.ts";

type Told = "valid" | "invalid" | "unknown";

/** Every way to a verdict: the checker that people get, and each search by itself. */
export const ways = ["checker", "both searches", "depth-first", "breadth-first"] as const;

/** How much is tried, the same on every machine, before a history counts as unknown. */
const patience: Budget = { turns: 30_000, places: 3_000, memory_bytes: 2 ** 28 };

/**
 * @returns the verdict
 * @throws Error when the order that should prove a history valid does not
 */
export function judge(
  operations: readonly Operation[],
  kind: Kind,
  way: (typeof ways)[number],
  witness: boolean,
  timeout_ms: number,
): Told {
  const model = kind.make();
  if (way === "checker") {
    const checker = linearizable(model.name, kind.make, { witness });
    const told = checker.check({ header: undefined, operations }, { timeoutMs: timeout_ms });
    if (told.witness !== undefined) believe(operations, told.witness, kind);
    return told.verdict;
  }
  const problem = toProblem(operations, model);
  const budget = { ...patience, witness, deadline_ms: performance.now() + timeout_ms };
  const outcome = searched(problem, kind, way, budget);
  if (outcome.kind === "gave up") return "unknown";
  if (outcome.kind === "impossible") return "invalid";
  if (witness) {
    const order = outcome.order.map((operation) => problem.operations[operation]!);
    believe(problem.operations, order, kind);
  }
  return "valid";
}

function searched(
  problem: Problem,
  kind: Kind,
  way: Exclude<(typeof ways)[number], "checker">,
  budget: Budget,
): SearchResult {
  const model = kind.make();
  if (way === "both searches") return search(problem, model, budget);
  const how = way === "depth-first" ? depthFirst : breadthFirst;
  return how(problem, stepsOf(problem, model), budget);
}

function believe(operations: readonly Operation[], order: readonly Operation[], kind: Kind): void {
  const trouble = wrongOrder(operations, order, kind.make());
  if (trouble !== undefined) throw new Error(`the order told is wrong: ${trouble}`);
}
