import type { Step } from "../backends/backend.ts";
import type { Fact } from "../backends/step-facts.ts";
import { plainDataText } from "../histories/plain-data.ts";
import type { Source } from "../histories/source.ts";
import { Naming } from "./run/naming.ts";
import type { Fault } from "./schedule.ts";

/**
 * What really happened in one schedule: the choices that took effect, every step in the order it was
 * sent, and what became of each operation. Two runs of one schedule did the same when their traces
 * have the same `fingerprint`.
 */
export interface Trace {
  /** How many operations each client did; its length is the number of clients. */
  readonly operations: readonly number[];
  readonly choices: readonly number[];
  /** Faults whose step was reached. */
  readonly faults: readonly Fault[];
  readonly steps: readonly TraceStep[];
  readonly results: readonly OperationResult[];
  readonly ending: Ending;
  /** A client that polled had to let the others go first: schedules in which it asks more often are left out. */
  readonly polled?: true;
  /** Clients waited inside the process while others went on: who comes first there is not for the schedule to say. */
  readonly stoodStill?: true;
  /**
   * A client asked this while another request of its own was not answered yet, on another connection: which of them comes
   * first is not for the schedule to say.
   */
  readonly cameBeside?: string;
  /**
   * All clients take their connections from one pool of several, and this statement left something on one of them: a lock
   * of the session, a setting.
   */
  readonly leftOnPool?: string;
  /** A connection went back to its pool in the middle of a transaction. */
  readonly returnedOpen?: true;
  /** When all operations were over, a connection was still in a transaction. */
  readonly transactionOpen?: true;
  /** What the clients left behind; looked at only where errors are put in. */
  readonly left?: readonly LeftBehind[];
  /**
   * Something was learned about the program: a client went on by itself, later than it was waited for, or a loop
   * that polls was found out. Or somebody else held the clients up. The same choices lead elsewhere next time.
   */
  readonly unsteady?: true;
}

/** What a client had not given back when its operations were over. */
export interface LeftBehind {
  /** Absent where all clients share one pool. */
  readonly client?: number;
  /** A connection of a pool, a transaction that is still open, or a lock that belongs to a connection. */
  readonly what: "connection" | "transaction" | "lock";
  /** Which lock, in words. */
  readonly lock?: string;
}

/** One row of the interleaving. Rows are numbered in the order of their sends. */
export interface TraceStep {
  readonly client: number;
  readonly operation: number;
  readonly statement: string;
  readonly kind: Step["kind"];
  readonly keys: readonly string[] | undefined;
  readonly database?: string;
  /** As the backend said of the step. */
  readonly mayUnlock?: boolean;
  readonly leavesBehind?: boolean;
  readonly serverWide?: boolean;
  readonly outside?: string;
  readonly catalog?: Step["catalog"];
  readonly isDivisible?: boolean;
  /** The reply in words; absent when there was an error, or none came. */
  readonly reply?: string;
  /** What it did, as data; absent where that cannot be told for certain. */
  readonly facts?: readonly Fact[];
  /** Code of the error that the client saw. */
  readonly error?: string;
  /** After that error nobody knows whether the server did it. */
  readonly inDoubt?: true;
  /** It had to wait for a lock. */
  readonly waited?: true;
  /** It had no answer for a long time, though the server does not say that it waits for a lock. */
  readonly slow?: true;
  /** Row of the step after which a waiting one went on; absent when it ended by itself. */
  readonly releasedBy?: number;
  readonly fault?: Fault["kind"];
  /** The error that was put in, with the fault `error`. */
  readonly putIn?: string;
  /** Whether a transaction was open on its connection, where that is known. */
  readonly inTransaction?: boolean;
  /** The errors that it could have met. */
  readonly errors?: readonly string[];
  /**
   * Where in the user's code it comes from; absent where that is not known. It is no part of what happened: traces are
   * the same whatever it is. From stacks, only the smallest failing schedule has it.
   */
  readonly source?: Source;
  /** An operation of this client began with this step; a BEGIN before it is none of its beginning. */
  readonly begins?: true;
  /** An operation of this client returned after this step. */
  readonly returns?: true;
  /** The client backed off after this step: others go first. */
  readonly backsOff?: true;
  /** A client that had backed off may go on because of this step. */
  readonly letsOn?: true;
}

/** A trace while it is being written. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What became of an operation. */
export interface OperationResult {
  readonly client: number;
  /** From 1, counted for each client. */
  readonly operation: number;
  /** `open`: it never returned, because its client died or the schedule was given up. */
  readonly status: "ok" | "fail" | "info" | "open";
  readonly output?: unknown;
  readonly code?: string;
  readonly error?: unknown;
}

/** How a schedule ended: by itself, or given up for a reason that is a verdict of its own. */
export type Ending =
  | { readonly kind: "ended" }
  | { readonly kind: "mutual waiting"; readonly reason: string }
  | { readonly kind: "waits for a dead client"; readonly reason: string }
  | { readonly kind: "exhausted pool"; readonly reason: string }
  | { readonly kind: "busy outside the database"; readonly reason: string }
  | { readonly kind: "no answer"; readonly reason: string }
  | { readonly kind: "held up"; readonly reason: string }
  | { readonly kind: "too many steps"; readonly reason: string };

/** Endings that say something about the program: nobody can ever go on. The others only say that it took too long. */
export const hasVerdict = ({ kind }: Ending): boolean => verdicts.has(kind);
const verdicts = new Set<Ending["kind"]>([
  "mutual waiting",
  "waits for a dead client",
  "exhausted pool",
]);

/** Everything that must be the same when a schedule is run again, as one string. */
export function describeTrace(trace: Trace): string {
  const rows = trace.steps.map((s) =>
    [s.client, s.statement, s.reply ?? "", s.error ?? "", s.fault ?? "", waitText(s)].join("|"),
  );
  const outputs = outputTexts(trace.results);
  const ends = trace.results.map((r, i) =>
    [r.client, r.operation, r.status, r.code ?? "", outputs[i]].join("|"),
  );
  return [trace.choices.join(""), ...rows, ...ends, trace.ending.kind].join("\n");
}

function waitText(step: TraceStep): string {
  return step.waited ? `waits until ${step.releasedBy ?? "itself"}` : "";
}

/** What each operation answered, as text; values that look generated have names. */
export function outputTexts(results: readonly OperationResult[]): string[] {
  const naming = new Naming("", "");
  return results.map(({ output }) => naming.text(plainDataText(output)));
}
