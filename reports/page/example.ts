/**
 * An interleaving in which nothing went wrong, for those who want to see why: the clients take turns, step by step. What
 * is said of it are facts of its steps; that it is safe in general, only the count of all interleavings says.
 */
import { shownStatement } from "../../histories/shortened.ts";
import { commentedIn } from "../../histories/statement-comment.ts";
import type { Trace, TraceStep } from "../../schedules/trace.ts";
import { whomFor } from "../interleaving.ts";
import type { Story } from "./page-data.ts";
import { toldSteps } from "./story.ts";

/** @param made when it was run: a file that was changed later has other lines */
export const exampleOf = (trace: Trace, made?: Date): Story => ({
  kind: "nothing goes wrong",
  sentence: `The clients take turns here, step by step, and it ends well: ${whyIn(trace)}.`,
  ...toldSteps(trace, made),
});

/** More than this nobody reads in one sentence. */
const reasons_max = 4;

function whyIn(trace: Trace): string {
  const found = trace.steps.flatMap((step, row) => reasonsOf(step, row, trace));
  const all = [...new Set(found)];
  if (all.length === 0) return otherwise(trace);
  const more = all.length > reasons_max ? ["and so on"] : [];
  return [...all.slice(0, reasons_max), ...more].join("; ");
}

function reasonsOf(step: TraceStep, row: number, trace: Trace): string[] {
  const { error, facts = [], releasedBy, waited } = step;
  const mine = `client ${step.client}'s \`${said(step)}\``;
  const then = afterwards(step, row, trace);
  const until = releasedBy === undefined ? undefined : trace.steps[releasedBy];
  const waits = `${mine} waits for ${whomFor(step, trace)}`;
  const is_unheeded = facts.some(({ does, rows }) => does === "change" && rows === 0);
  const is_computed = facts.some(({ became = {} }) => Object.keys(became).length > 0);
  return [
    ...(waited ? [until ? `${waits}, until its \`${said(until)}\`` : waits] : []),
    ...(error === undefined ? [] : [`${mine} is refused with error ${error}${then}`]),
    ...(error === undefined && is_unheeded ? [`${mine} changes no row${then}`] : []),
    ...(error === undefined && !is_unheeded && then !== "" && isLastOfTry(step, row, trace)
      ? [`${mine} is answered with ${step.reply ?? "nothing"}${then}`]
      : []),
    ...(is_computed ? [`the server itself computes the new value, in \`${said(step)}\``] : []),
  ];
}

/** Whether the operation begins again, with the statement that it began with before; or that it fails. */
function afterwards(step: TraceStep, row: number, trace: Trace): string {
  const { client, operation, error } = step;
  const begins = (other: number): boolean => other > row && isBegin(other, step, trace);
  if (rowsOf(step, trace).some(begins)) return `, and client ${client} tries again`;
  const result = trace.results.find((one) => one.client === client && one.operation === operation);
  return error !== undefined && result?.status === "fail" ? ", and its operation fails" : "";
}

/** The step after it is the first of the next try. */
function isLastOfTry(step: TraceStep, row: number, trace: Trace): boolean {
  const next = rowsOf(step, trace).find((other) => other > row);
  return next !== undefined && isBegin(next, step, trace);
}

const rowsOf = ({ client, operation }: TraceStep, { steps }: Trace): number[] =>
  steps.flatMap((one, row) => (one.client === client && one.operation === operation ? [row] : []));

/** Whether the step in this row is the one with which the operation of another step began. */
const isBegin = (row: number, step: TraceStep, trace: Trace): boolean =>
  trace.steps[row]!.statement === trace.steps[rowsOf(step, trace)[0]!]!.statement;

function otherwise(trace: Trace): string {
  const is_one_each = trace.steps.every((step) => rowsOf(step, trace).length === 1);
  return is_one_each
    ? "each operation is one step, and nothing comes between its parts"
    : "no step waits, and none ends in an error";
}

const said = ({ statement }: TraceStep): string => shownStatement(commentedIn(statement).bare);
