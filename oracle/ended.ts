import { now_ms } from "../backends/real-time.ts";
import type { AllRows, TableRows } from "../backends/rows.ts";
import { plainData } from "../histories/plain-data.ts";
import type { Outcome } from "../schedules/program.ts";
import { endsConnection, type Turn } from "../schedules/schedule.ts";
import type { OperationResult, Trace, TraceStep } from "../schedules/trace.ts";
import type { Span } from "./clock.ts";
import type { Ignored } from "./ignored.ts";

/** How one operation ended. */
export interface Answer extends Turn {
  /** `unknown`: it did not end well after a fault, or its client died. */
  readonly how: "answered" | "failed" | "unknown";
  /** What it answered, or the error, as plain data. */
  readonly value: unknown;
  /** The outcome may be that of the other operations alone, as if this one had not run. */
  readonly may_be_absent: boolean;
  readonly code?: string;
  readonly error?: unknown;
}

/** How one run ended: what its operations answered, and all that is in the database. */
export interface Ended extends Span {
  readonly answers: readonly Answer[];
  readonly tables: AllRows;
}

export function endedOf({ trace, events, rows = new Map() }: Outcome, ignored: Ignored): Ended {
  const ended_ms = now_ms();
  const [first] = events;
  return {
    answers: trace.results.map((result) => answerOf(result, trace)),
    tables: new Map(
      [...rows].flatMap(([table, held]): [string, TableRows][] =>
        ignored.table(table) ? [] : [[table, { ...held, rows: ignored.without(table, held.rows) }]],
      ),
    ),
    began_ms: first ? first.time_ns / 1e6 : ended_ms,
    ended_ms,
  };
}

function answerOf(result: OperationResult, trace: Trace): Answer {
  const { client, operation, status, error, output, code = "error" } = result;
  const turn = { client, operation };
  const own = trace.steps.filter((step) => isOf(step, turn));
  if (status === "ok") {
    const value = plainData(withoutDriver(output)) ?? null;
    // After a lost connection it may say no because it does not know.
    if (saysNo(value) && own.some(losesConnection))
      return { ...turn, how: "unknown", value: null, may_be_absent: true };
    const may_be_absent = output !== undefined && saysNo(value) && wasRefused(trace, turn);
    return { ...turn, how: "answered", value, may_be_absent };
  }
  const failed = { code, error };
  // It is either done or not, as a whole: the fault may have come before its work or after it.
  if (status === "open" || own.some(({ fault }) => fault !== undefined))
    return { ...turn, how: "unknown", value: null, may_be_absent: true, ...failed };
  const value = code === "error" || code === "" ? (plainData(error) ?? String(error)) : code;
  return { ...turn, how: "failed", value, may_be_absent: !isMistake(error), ...failed };
}

/**
 * Leaves out what a driver adds to its rows (fields, flags, the number of the request): it is not the program's answer.
 */
function withoutDriver(output: unknown): unknown {
  if (typeof output !== "object" || output === null) return output;
  if (Array.isArray(output)) {
    const [first, second] = output as unknown[];
    const of_mysql2 = output.length === 2 && (isHeader(first) || isListOfFields(second));
    if (of_mysql2) return withoutDriver(first);
    // Of a text of several statements.
    return output.length > 0 && output.every(isResultOfPg) ? output.map(withoutDriver) : output;
  }
  const known = output as Record<string, unknown>;
  if (isHeader(output)) return { affectedRows: known["affectedRows"], insertId: known["insertId"] };
  if (isResultOfPg(output)) return { rowCount: known["rowCount"], rows: known["rows"] };
  const { $metadata: _, ...rest } = known;
  return "$metadata" in known ? rest : output;
}

const isResultOfPg = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  ["rowCount", "command", "fields"].every((name) => name in value);

const isHeader = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "affectedRows" in value && "serverStatus" in value;
const isListOfFields = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((one) => Object(one).columnType !== undefined);

/** `false`, `null`, 0, a word without a number, `{ ok: false }`: how programs say that they did not do it. */
function saysNo(value: unknown): boolean {
  if (value === null || value === false || value === 0) return true;
  if (typeof value === "string") return /^[^\d]+$/.test(value);
  if (typeof value !== "object" || Array.isArray(value)) return false;
  return Object.values(value).some((part) => part === false || part === null || part === 0);
}

/**
 * A write found nothing to change or was rolled back, a lock could not be had, or the server answered with an error.
 */
function wasRefused({ steps }: Trace, { client, operation }: Turn): boolean {
  let has_written = false;
  for (const step of steps) {
    if (step.client !== client || step.operation !== operation) continue;
    if (step.error !== undefined || (step.kind === "rollback" && has_written)) return true;
    if (foundNothing(step)) return true;
    if (step.kind === "commit") has_written = false;
    else has_written ||= step.kind === "write";
  }
  return false;
}

function foundNothing({ kind, statement, facts, reply = "" }: TraceStep): boolean {
  const says_no = /^(nil|0|false|.* = (false|f|0))$/.test(reply);
  if (kind === "read") return /lock/i.test(statement) && says_no;
  const found_none = facts?.[0] !== undefined && facts.every(({ rows }) => rows === 0);
  return (kind === "write" || kind === "lock") && (found_none || says_no);
}

const isOf = (step: TraceStep, { client, operation }: Turn): boolean =>
  step.client === client && step.operation === operation;

const losesConnection = ({ fault, putIn = "" }: TraceStep): boolean =>
  fault === "error" && endsConnection(putIn);

/** Not a refusal but a bug in the program: it read what was not there. */
const isMistake = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
