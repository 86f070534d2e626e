/**
 * The story of a conditional write that changed nothing because of another client's write, and whose client ignored
 * that.
 */
import { shownStatement } from "../histories/shortened.ts";
import type { Trace } from "../schedules/trace.ts";
import { type Did, didIn } from "./effects.ts";
import { nothingIn, rowInWords, valueInWords } from "./facts-in-words.ts";
import { isDifferent, isSame, isSameTable } from "./rows.ts";

export function unheededStory(trace: Trace): string | undefined {
  const story = storyIn(trace);
  if (story === undefined) return undefined;
  const { met, did } = story;
  const statement = shownStatement(trace.steps[did.row]?.statement ?? "");
  return `${metText(met, did)}; client ${did.client}'s \`${statement}\` changed no row, and its operation ended without an error`;
}

/** The row of the write that changed nothing. */
export const unheededIn = (trace: Trace): number | undefined => storyIn(trace)?.did.row;

function storyIn(trace: Trace): { readonly met: Did; readonly did: Did } | undefined {
  const all = didIn(trace);
  for (const did of all) {
    const { client, operation, row, fact } = did;
    if (fact.does !== "change" || fact.rows !== 0 || did.seen_from === "never") continue;
    const result = trace.results.find((r) => r.client === client && r.operation === operation);
    const tries_again = trace.steps.some(
      (step, i) =>
        i > row && step.client === client && step.operation === operation && step.kind === "write",
    );
    const met = all.findLast((other) => other.done_at < did.done_at && isInTheWay(other, did));
    if (result?.status !== "ok" || tries_again || met === undefined) continue;
    return { met, did };
  }
  return undefined;
}

/** Whether the fact wrote another value into a column of the condition, in a row that otherwise fits it. */
function isInTheWay({ client, seen_from, done_at, fact }: Did, did: Did): boolean {
  if (client === did.client || !isSameTable(fact.table, did.fact.table) || fact.does !== "change")
    return false;
  if (typeof seen_from !== "number" || seen_from > did.done_at || done_at > did.done_at)
    return false;
  return fact.rows === 1 && columnInTheWay(fact, did.fact) !== undefined;
}

function columnInTheWay(fact: Did["fact"], asked: Did["fact"]): string | undefined {
  const column = Object.keys(asked.where).find((name) =>
    isDifferent(fact.assigned?.[name], asked.where[name]),
  );
  const others = Object.keys(fact.where).filter((name) => name !== column);
  const fits = others.every((name) => isSame(fact.where[name], asked.where[name]));
  return fits && others.length > 0 ? column : undefined;
}

function metText({ client, fact }: Did, did: Did): string {
  const column = columnInTheWay(fact, did.fact) ?? "";
  const { [column]: _, ...row } = fact.where;
  const value = valueInWords(fact.assigned?.[column] ?? null, nothingIn(fact.table));
  return `client ${client} wrote ${column} = ${value} of ${rowInWords(fact.table, row)}`;
}
