import type { Operation } from "../../histories/event.ts";
import { stateAt, type Wanted } from "./possible-states.ts";
import type { Question } from "./question.ts";
import type { Differs } from "./reason.ts";

/**
 * Where a text that was seen differs from all that it can have been: the longest start of it that a possible
 * state has, too, found by halving. Only for states that are texts, and answers that are whole states.
 */
export function differs<State>(
  question: Question<State>,
  needed: ReadonlySet<Operation>,
  operation: Operation,
): Differs | undefined {
  const { output } = operation;
  if (typeof output !== "string" || typeof question.model.init !== "string") return undefined;
  const begins = (length: number): ReturnType<typeof stateAt<State>> => {
    const start = output.slice(0, length);
    return stateAt(
      question,
      needed,
      operation,
      wanted(start, question.model.reaches !== undefined),
    );
  };
  let low = begins(0);
  if (low === undefined || low === "none") return undefined;
  let length = 0;
  let beyond = output.length + 1;
  while (beyond - length > 1) {
    const middle = (length + beyond) >> 1;
    const found = begins(middle);
    if (found === undefined) return undefined;
    if (found === "none") beyond = middle;
    else [length, low] = [middle, found];
  }
  return { kind: "differs", operation, closest: String(low.state), length };
}

/** A text that begins so. Where it can only grow, one that is on the way there, or that is there. */
function wanted<State>(start: string, grows: boolean): Wanted<State> {
  return {
    accepts: (state) => typeof state === "string" && state.startsWith(start),
    reaches: (state) =>
      !grows || typeof state !== "string" || start.startsWith(state) || state.startsWith(start),
  };
}
