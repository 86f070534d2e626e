import type { Operation } from "../../histories/event.ts";
import { callOf, stateAt, type Wanted } from "./possible-states.ts";
import type { Question } from "./question.ts";
import type { Differs } from "./reason.ts";

/**
 * Where a text that was seen differs from every text that can have been there: the longest beginning of it that a
 * possible state has, too, found by binary search. Only for states that are texts, and answers that are whole states.
 * @param grows whether operations only overwrite the text, or append to it
 */
export function differs<State>(
  question: Question<State>,
  needed: ReadonlySet<Operation>,
  operation: Operation,
  grows: boolean,
): Differs | undefined {
  const { output } = operation;
  const { model } = question;
  const texts = typeof model.init === "string" || (grows && model.init === null);
  if (typeof output !== "string" || !texts) return undefined;
  const seen_by_others = [...needed].some(
    (each) => each !== operation && model.observes?.(callOf(each)) === true,
  );
  const begins = (length: number): ReturnType<typeof stateAt<State>> => {
    const start = output.slice(0, length);
    const wanted = grows ? growing<State>(start) : beginning<State>(start);
    return stateAt(question, needed, operation, {
      ...wanted,
      ...(grows && !seen_by_others ? { essence: cutTo<State>(length) } : {}),
    });
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
  return { kind: "differs", operation, closest: textOf(low.state), length };
}

/** A state that begins with this text. */
function beginning<State>(start: string): Wanted<State> {
  return { accepts: (state) => textOf(state).startsWith(start), reaches: () => true };
}

/** The same where the text can only grow: it may still be a beginning of `start`. */
function growing<State>(start: string): Wanted<State> {
  const reaches = (state: State): boolean => start.startsWith(textOf(state).slice(0, start.length));
  return { ...beginning(start), reaches };
}

/** What comes after the wanted beginning does not matter, if no other operation sees it. */
function cutTo<State>(length: number): (state: State) => State {
  // oxlint-disable-next-line no-unsafe-type-assertion -- only where states are texts
  return (state) => textOf(state).slice(0, length) as State;
}

/** A missing key counts as an empty text. */
function textOf(state: unknown): string {
  return typeof state === "string" ? state : "";
}
