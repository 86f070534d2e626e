/** The story of two clients that both looked whether a row exists, and then both inserted it. */
import type { Fact } from "../backends/step-facts.ts";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import { type Did, didIn, mayShowAnything } from "./effects.ts";
import { rowInWords, valuesInWords } from "./facts-in-words.ts";
import { isSameTable } from "./rows.ts";

interface Looked {
  readonly did: Did;
  readonly statement: string;
  /** `count = 0`; undefined = it found no row. */
  readonly answer: string | undefined;
}

/** The story, step by step. */
interface UnseenInsert {
  /** What the later client saw before. */
  readonly looked: Looked;
  readonly earlier: Did;
  readonly later: Did;
}

export function unseenInsertStory(trace: Trace): string | undefined {
  const story = storyIn(trace);
  return story && text(story);
}

/** The same by the rows of the steps. */
export function unseenInsertIn(
  trace: Trace,
): { readonly look: number; readonly earlier: number; readonly later: number } | undefined {
  const { looked, earlier, later } = storyIn(trace) ?? {};
  return looked && earlier && later
    ? { look: looked.did.row, earlier: earlier.row, later: later.row }
    : undefined;
}

function storyIn(trace: Trace): UnseenInsert | undefined {
  const all = didIn(trace);
  const inserts = all
    .filter(
      ({ fact, seen_from }) =>
        fact.does === "insert" && fact.rows !== 0 && typeof seen_from === "number",
    )
    .sort((a, b) => a.done_at - b.done_at);
  for (const later of inserts) {
    const looked = lastLook(later, all, trace);
    if (!looked) continue;
    for (const earlier of inserts) {
      if (earlier.client === later.client || !isSameTable(earlier.fact.table, later.fact.table))
        continue;
      const other = lastLook(earlier, all, trace);
      const is_unseen =
        (earlier.seen_from as number) > looked.did.done_at && earlier.done_at < later.done_at;
      if (is_unseen && other && sameAnswer(looked, other)) return { looked, earlier, later };
    }
  }
  return undefined;
}

/** The last read of this table by its client before the insert, if it found no row or only aggregates. */
function lastLook(insert: Did, all: readonly Did[], { steps }: Trace): Looked | undefined {
  const { client, operation, row, fact } = insert;
  const did = all.findLast(
    (one) =>
      one.client === client &&
      one.operation === operation &&
      one.row < row &&
      one.fact.does === "find" &&
      isSameTable(one.fact.table, fact.table),
  );
  if (did === undefined) return undefined;
  const isLook = (step: TraceStep, i: number): boolean =>
    i > did.row && i < row && step.client === client && mayShowAnything(step);
  if (steps.some(isLook)) return undefined;
  const { statement } = steps[did.row] as TraceStep;
  if (did.fact.rows === 0) return { did, statement, answer: undefined };
  const [only, ...others] = did.fact.found ?? [];
  const is_sum = only && others.length === 0 && Object.keys(only.columns).length === 0;
  const answer = is_sum ? valuesInWords(only.computed) : "";
  return answer === "" ? undefined : { did, statement, answer };
}

/** Both asked the same question and got the same answer. */
const sameAnswer = (one: Looked, other: Looked): boolean =>
  one.statement === other.statement && one.answer === other.answer;

function text({ looked: { did, answer }, earlier, later }: UnseenInsert): string {
  const [one, two] = [earlier.client, later.client].sort((a, b) => a - b);
  const { table } = did.fact;
  return [
    `client ${one} and client ${two} both ${foundText(did.fact, answer)}`,
    `client ${earlier.client} inserted a row into ${table}`,
    `client ${later.client} then inserted one, too, without having looked again`,
  ].join("; ");
}

function foundText({ table, where }: Fact, answer: string | undefined): string {
  const rows = rowInWords(table, where);
  return answer === undefined ? `found no row in ${rows}` : `read ${answer} of ${rows}`;
}
