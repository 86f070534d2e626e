/**
 * What the steps of a schedule show about a program besides its failure: something that certainly had no effect, or not
 * the one that its author meant. Only what is certain: a step must say whether a transaction was open on its connection.
 */
import type { Trace, TraceStep } from "./trace.ts";

/** Something that a program did without the effect that it was for. */
export interface Note {
  /**
   * - `no transaction`: SET TRANSACTION or SET LOCAL on PostgreSQL, outside a transaction: it has no effect
   * - `too late`: a level was set after the first statement of its transaction, and was refused
   * - `next transaction`: a level was set for the session while a transaction was open: it is not in force there
   * - `went on`: statements of a transaction that had failed before: all are refused
   * - `not kept`: COMMIT answered ROLLBACK, and the operation ended without an error
   * - `returned open`: the first statement of a transaction whose connection went back to its pool before its end
   * - `left open`: the last statement of a client, in a transaction that nobody ended
   */
  readonly kind:
    | "no transaction"
    | "too late"
    | "next transaction"
    | "went on"
    | "not kept"
    | "returned open"
    | "left open";
  readonly client: number;
  readonly statement: string;
  /** The error before it, if that is what the program did not heed. */
  readonly code?: string;
}

const sets_one = /^set (transaction|local)\b/i;
const sets_session =
  /^set (session characteristics as transaction|(session )?default_transaction_isolation|session transaction|(@@)?(session[ .]+)?(transaction|tx)_isolation)\b/i;
/** A level was set too late: PostgreSQL, MySQL. */
const too_late = new Set(["25001", "1568"]);
/** The transaction has failed: nothing but its end is accepted. */
const is_failed = "25P02";

/** @param backend its name: of two kinds of SQL databases together, nobody knows whose statement it was */
export function notesIn(trace: Trace, backend: string): Note[] {
  const is_postgres = /(^|\+)postgres(\+|$)/.test(backend) && !/mysql|mariadb/.test(backend);
  const notes = trace.steps.flatMap((step, row) => noteOf(step, row, trace, is_postgres) ?? []);
  return [...notes, ...returnedOpen(trace), ...leftOpen(trace)];
}

/** Of others, such as CREATE TABLE on MySQL, it is not certain that their transaction goes on. */
const keeps_open = /^(select|insert|update|delete|with|begin|start transaction)\b[^;]*$/i;

function returnedOpen({ steps, returnedOpen: was_one }: Trace): Note[] {
  const first = was_one ? steps.find(({ kind }) => kind === "begin") : undefined;
  return first ? [{ kind: "returned open", client: first.client, statement: first.statement }] : [];
}

/** Transactions that were open when their client was done. */
function leftOpen({ operations, steps, transactionOpen: is_one_open }: Trace): Note[] {
  if (!is_one_open) return [];
  return operations.flatMap((_, i): Note[] => {
    const client = i + 1;
    const last = steps.findLast((step) => step.client === client);
    if (last === undefined || last.error !== undefined || !keeps_open.test(last.statement))
      return [];
    const is_open = last.kind === "begin" || last.inTransaction === true;
    return is_open ? [{ kind: "left open", client, statement: last.statement }] : [];
  });
}

function noteOf(
  step: TraceStep,
  row: number,
  trace: Trace,
  is_postgres: boolean,
): Note | undefined {
  const { client, statement, error, inTransaction, kind, reply } = step;
  if (inTransaction === undefined || step.fault !== undefined) return undefined;
  const note = { client, statement };
  if (sets_one.test(statement)) {
    if (too_late.has(error ?? "")) return { kind: "too late", ...note };
    if (is_postgres && !inTransaction && error === undefined)
      return { kind: "no transaction", ...note };
  }
  if (sets_session.test(statement) && inTransaction && error === undefined)
    return { kind: "next transaction", ...note };
  if (error === is_failed) {
    const before = trace.steps.slice(0, row).findLast((other) => other.client === client);
    if (before?.error === undefined || before.error === is_failed) return undefined;
    return { kind: "went on", client, statement: before.statement, code: before.error };
  }
  if (kind === "commit" && reply === "ROLLBACK" && endedWell(step, trace))
    return { kind: "not kept", ...note };
  return undefined;
}

const endedWell = ({ client, operation }: TraceStep, { results }: Trace): boolean =>
  results.some(
    (result) =>
      result.client === client && result.operation === operation && result.status === "ok",
  );

/** The notes of all schedules without a fault, each once. */
export class Notes {
  readonly all: Note[] = [];

  add(trace: Trace, backend: string): void {
    if (trace.faults.length > 0) return;
    for (const note of notesIn(trace, backend)) {
      const is_known = this.all.some(
        ({ kind, statement }) => kind === note.kind && statement === note.statement,
      );
      if (!is_known) this.all.push(note);
    }
  }
}
