import type { Header, Operation } from "../histories/event.ts";
import { call, show } from "./call.ts";
import { drawTimeline } from "./draw-timeline.ts";
import type { Model } from "./model.ts";
import { breadthFirst } from "./search/breadth-first.ts";
import type { Budget } from "./search/outcome.ts";
import { toProblem } from "./search/problem.ts";
import { search } from "./search/search.ts";
import { Transitions } from "./search/transitions.ts";
import { who } from "./who.ts";

export interface Explanation {
  /** For people, without a full stop. */
  readonly sentence: string;
  /** The smallest part that is still not linearizable, drawn. */
  readonly drawing: string;
  readonly operations: readonly Operation[];
}

const unknown = { status: "info", output: undefined, returned: Number.POSITIVE_INFINITY } as const;

/**
 * Why a history of one key is not linearizable: the smallest part of it that still is not.
 * @param blocked what the search could not place
 */
export function explain<State>(
  all: readonly Operation[],
  blocked: Operation,
  model: Model<State>,
  header: Header | undefined,
  budget: Budget,
): Explanation {
  const relevant = impossibleStart(all, blocked.returned, model, budget);
  const out = smallestPart(relevant, model, budget);
  const part = relevant.filter((operation) => !out.has(operation));
  const problem = toProblem(relevant, model, out);
  const transitions = new Transitions(model, problem);
  const outcome = breadthFirst(problem, transitions, budget);
  if (outcome.kind !== "impossible") {
    const drawing = drawTimeline(part, undefined, header);
    return { sentence: "no order explains it", drawing, operations: part };
  }
  const culprit = problem.operations[outcome.blocked]!;
  const states = outcome.states.slice(0, 5).map((state) => show(transitions.state(state)));
  return {
    sentence: sentence(culprit, part, states, header),
    drawing: drawTimeline(part, culprit, header),
    operations: part,
  };
}

/**
 * The history up to a time, or a later one if need be: what had not returned by then may answer anything, but
 * the search that gave up there went by its answer.
 */
function impossibleStart<State>(
  all: readonly Operation[],
  time: number,
  model: Model<State>,
  budget: Budget,
): Operation[] {
  const called = all.filter(({ status, invoked }) => status !== "fail" && invoked < time);
  const start = called.map((operation) =>
    operation.returned <= time ? operation : { ...operation, ...unknown },
  );
  const later = Math.max(...called.map(({ returned }) => returned).filter(Number.isFinite));
  if (later <= time || search(toProblem(start, model), model, budget).kind === "impossible")
    return start;
  return impossibleStart(all, later, model, budget);
}

/**
 * Takes out operations, many at once as long as that works, in the end one by one. What is taken out might
 * still have happened, in its time: so that the smaller history is only impossible if the larger one
 * is, and what could not go once never can. What crashed is taken out from the start.
 * @returns what was taken out
 */
function smallestPart<State>(
  operations: readonly Operation[],
  model: Model<State>,
  budget: Budget,
): Set<Operation> {
  const out = new Set(operations.filter(({ status }) => status === "info"));
  const stillImpossible = (): boolean =>
    search(toProblem(operations, model, out), model, budget).kind === "impossible";
  for (let size = Math.ceil(operations.length / 2); ; size = Math.ceil(size / 2)) {
    const kept = operations.filter((operation) => !out.has(operation));
    for (let at = 0; at < kept.length; at += size) {
      if (performance.now() > (budget.deadline_ms ?? Number.POSITIVE_INFINITY)) return out;
      const chunk = kept.slice(at, at + size);
      for (const operation of chunk) out.add(operation);
      if (!stillImpossible()) for (const operation of chunk) out.delete(operation);
    }
    if (size <= 1) return out;
  }
}

function sentence(
  culprit: Operation,
  part: readonly Operation[],
  states: readonly string[],
  header: Header | undefined,
): string {
  const before = part
    .filter(({ returned }) => returned < culprit.invoked)
    .reduce<Operation | undefined>(
      (last, each) => (last === undefined || each.returned > last.returned ? each : last),
      undefined,
    );
  const after =
    before === undefined ? "" : ` after ${who(before, header)}'s ${call(before)} had returned`;
  return `${who(culprit, header)}'s ${call(culprit)} is impossible${after}: the state can only have been ${states.join(" or ")}`;
}
