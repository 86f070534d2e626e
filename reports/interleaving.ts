import { shownStatement } from "../histories/shortened.ts";
import { commentedIn } from "../histories/statement-comment.ts";
import { isLoss } from "../schedules/schedule.ts";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import { inColumns } from "./columns.ts";
import { folded, type Line } from "./fold.ts";
import { shortPlace } from "./step-place.ts";
import { visible } from "./visible.ts";

const narrowest_column = 24;
/** Hardly any terminal is narrower. */
export const narrow = 80;

/**
 * The interleaving as a table in plain text: one column for each client, one row for each step, with what the client
 * sent to the server and what the server answered.
 *
 * @param width of the whole table in characters; with more than three clients it may be wider than 80
 */
export function drawInterleaving(trace: Trace, width: number = narrow): string {
  const clients = trace.operations.length;
  const column = Math.max(narrowest_column, Math.floor((width - 3 * (clients - 1)) / clients) - 1);
  return inColumns(
    trace.operations.map(() => column),
    trace.operations.map((_, i) => `client ${i + 1}`),
    folded(rowsOf(trace)).map(({ client, text }) =>
      trace.operations.map((_, i) => (i + 1 === client ? visible(text) : "")),
    ),
  );
}

/** A step that waited has two rows: where it began to wait, and where it went on. */
function rowsOf(trace: Trace): Line[] {
  const rows: Line[] = [];
  const asking = askingIn(trace);
  trace.steps.forEach((step, i) => {
    const asked = asking.get(i);
    if (asked !== undefined) {
      const text = `(${asked} statements about its session and about the tables)`;
      if (asked > 0) rows.push({ client: step.client, text });
      return;
    }
    const place = shortPlace(step);
    const where = place === undefined ? "" : ` · ${place}`;
    rows.push({ client: step.client, text: `${textOf(step, trace)}${where}` });
    for (const waiter of trace.steps.filter((other) => other.releasedBy === i)) {
      rows.push({ client: waiter.client, text: `… goes on${answerOf(waiter)}` });
    }
  });
  return rows;
}

/**
 * What libraries ask before they begin: several such steps in a row are one row. A level is what a reader looks for.
 * @returns by the place of a step: how many begin with it; 0 for those behind it
 */
function askingIn({ steps }: Trace): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const isOne = (step: TraceStep | undefined, client: number): boolean =>
    step?.client === client &&
    (step.catalog === "nothing" || step.catalog === "reads") &&
    !/^set\b.*(isolation|transaction)/i.test(step.statement) &&
    ![step.fault, step.error, step.waited, step.backsOff, step.letsOn].some(Boolean);
  for (let i = 0; i < steps.length; i++) {
    const { client } = steps[i]!;
    let end = i;
    while (isOne(steps[end], client) && !steps.some(({ releasedBy }) => releasedBy === end)) end++;
    if (end - i < 2) continue;
    counts.set(i, end - i);
    for (let at = i + 1; at < end; at++) counts.set(at, 0);
    i = end - 1;
  }
  return counts;
}

function textOf(step: TraceStep, trace: Trace): string {
  const statement = shownStatement(commentedIn(step.statement).bare);
  if (step.fault === "die") return `dies before ${statement}`;
  const before = step.fault === "expire" ? "(its lock's time is up) " : "";
  if (!step.waited) return `${before}${statement}${answerOf(step)}`;
  const ends_here = step.releasedBy === undefined ? answerOf(step) : "";
  return `${before}${statement}\nwaits for ${whomFor(step, trace)}${ends_here}`;
}

function answerOf(step: TraceStep): string {
  if (step.putIn !== undefined) return `\n→ ${putInText(step.putIn)}${orSeen(step)}`;
  if (step.fault === "lose reply") return `\n→ done, but the reply is lost${orError(step)}`;
  if (step.error !== undefined) return `\n→ error ${step.error}`;
  return step.reply === undefined ? "" : `\n→ ${step.reply}`;
}

/** An error that was put in, in words. */
export function putInText(error: string): string {
  if (!isLoss(error)) return `error ${error}, put in`;
  if (error.endsWith("after")) return "done, but then the connection is lost, on purpose";
  const refused = error === "refused" ? ", and the next one is refused" : "";
  return `the connection is lost before, on purpose${refused}`;
}

/** The program may have seen another error than the one that was put in. */
const orSeen = ({ error, putIn = "" }: TraceStep): string =>
  error === undefined || error === putIn || isLoss(putIn) ? "" : ` (error ${error})`;

function orError(step: TraceStep): string {
  return step.error === undefined ? "" : ` (error ${step.error})`;
}

/** Who held what a step waited for: with two clients the other one, else the client whose step let it go on. */
export function whomFor(step: TraceStep, trace: Trace): string {
  if (step.slow) return "an answer";
  const other = trace.operations.length === 2 ? 3 - step.client : undefined;
  const by = step.releasedBy === undefined ? undefined : trace.steps[step.releasedBy]?.client;
  const client = other ?? by;
  return client === undefined || client === step.client ? "a lock" : `client ${client}`;
}
