/** What the steps of a trace did, and from when on the other clients could see it. */
import type { Fact } from "../backends/step-facts.ts";
import type { Trace, TraceStep } from "../schedules/trace.ts";

/** A fact, with its place in the trace. */
export interface Did {
  readonly client: number;
  readonly operation: number;
  readonly row: number;
  /** Row at which the server did it: if it waited, a later one than the row at which it was sent. */
  readonly done_at: number;
  /**
   * Row from which other clients see it: that of its transaction's COMMIT, or its own. `never`: it was rolled back;
   * `unknown`: it cannot be told whether, or from when on.
   */
  readonly seen_from: number | "never" | "unknown";
  readonly fact: Fact;
}

export function didIn({ steps }: Trace): Did[] {
  return steps.flatMap((step, row) => {
    const seen_from = seenFrom(steps, row);
    const { client, operation, releasedBy = row, facts = [] } = step;
    return facts.map((fact) => ({ client, operation, row, done_at: releasedBy, seen_from, fact }));
  });
}

const isEdge = ({ kind }: TraceStep): boolean =>
  kind === "begin" || kind === "commit" || kind === "rollback";

function seenFrom(steps: readonly TraceStep[], row: number): Did["seen_from"] {
  const { client, releasedBy, error, inDoubt, fault } = steps[row] as TraceStep;
  if (fault === "die" || (error !== undefined && !inDoubt)) return "never";
  if (fault === "lose reply" || error !== undefined) return "unknown";
  const isMine = (step: TraceStep): boolean => step.client === client;
  const begun = steps.findLastIndex((step, i) => i < row && isMine(step) && isEdge(step));
  const is_within = begun >= 0 && steps[begun]?.kind === "begin";
  const end = steps.findIndex((step, i) => i > row && isMine(step) && isEdge(step));
  const own = releasedBy ?? row;
  if (end < 0) return is_within ? "never" : own;
  const { kind, error: failed, fault: disturbed, releasedBy: late } = steps[end] as TraceStep;
  if (kind === "begin") return is_within ? "unknown" : own;
  if (kind === "rollback") return is_within ? "never" : "unknown";
  // After an error some servers roll back the whole transaction, and some only a part of it.
  const is_whole = steps.every(
    (step, i) => i <= begun || i >= end || !isMine(step) || step.error === undefined,
  );
  if (failed !== undefined || disturbed !== undefined || !is_whole) return "unknown";
  return late ?? end;
}

/** A step that may have written anything at all. */
export const mayWriteAnything = ({ kind, facts, error, inDoubt, fault }: TraceStep): boolean =>
  (kind === "write" || kind === "commit") &&
  facts === undefined &&
  fault !== "die" &&
  (error === undefined || inDoubt === true);

/** A step that may have shown anything at all to its client. */
export const mayShowAnything = ({ kind, facts, error }: TraceStep): boolean =>
  facts === undefined &&
  error === undefined &&
  (kind === "read" || kind === "lock" || kind === "write");
