import type { AllRows } from "../backends/rows.ts";
import type { HistoryEvent } from "../histories/event.ts";
import type { Trace } from "./trace.ts";

/** What the surroundings of an application give to its code, inside a schedule. */
export interface Around<Client> {
  /** From 1. */
  readonly client: number;
  /** From 1, counted for each client. */
  readonly operation: number;
  /** What this schedule works on: its lane's own row, item or key. */
  readonly key: string;
  /** The caller's idempotency key: one per operation, the same for every try of it. */
  readonly requestId: string;
  /** Time inside a schedule is a step, never the clock: returns at once. */
  readonly backoff: (attempt: number) => Promise<void>;
  /** A fresh connection in place of a broken one, as a pool would give. */
  readonly reconnect: () => Promise<Client>;
}

/** What a check judges, besides the state it reads from the database itself. */
export interface Outcome {
  readonly key: string;
  readonly trace: Trace;
  /** The run as a recorded history: invoke, ok, fail, info. */
  readonly events: readonly HistoryEvent[];
  /** Everything in the database and in memory, if the program `reads_rows` and the backend can read it. */
  readonly rows?: AllRows;
}

/** What an operation is called in a history, and with which input: always the same, or by client and number. */
export type OperationNames = OperationName | ((client: number, operation: number) => OperationName);

/** How a history calls an operation, and its input. */
export interface OperationName {
  readonly f: string;
  readonly input: unknown;
}

/** The code under test: plain async functions on the real client. */
export interface Program<Client> {
  /**
   * Puts what `key` names into its first state; runs before every schedule, outside the gate.
   * @param clients those of the schedule, whose memory may have to be put back, too
   */
  setup(client: Client, key: string, clients: readonly Client[]): Promise<void>;
  /** One operation of one client: every round trip in it is a step. */
  run(client: Client, around: Around<Client>): Promise<unknown>;
  /** Reads the final state, and throws or answers false when it is wrong; outside the gate. */
  check(client: Client, outcome: Outcome): Promise<unknown>;
  /** What a client keeps in memory, if it has to be right at the end, too. */
  state?(client: Client): unknown;
  /** Which errors of `run` say that the operation certainly did not happen. Default: what the backend knows. */
  didNotHappen?(error: unknown): boolean;
  /** How the recorded history calls an operation. Default `run` with input null. */
  readonly operation?: OperationNames;
  /** Makes the lock around `key` expire now (a key with a time to live). */
  expire?(client: Client, key: string): Promise<void>;
  /** All clients use one connection. */
  readonly sharedConnection?: boolean;
  /** Its check wants to know all that is in the database. */
  readonly reads_rows?: boolean;
  /** Its clients must give back everything at the end: connections of pools, transactions, locks. */
  readonly gives_back?: boolean;
  /** Clients differ in nothing but their number: a fault of one stands for the same fault of another. */
  readonly alike?: boolean;
}

/** What a check throws to name the class of a failure; shrinking keeps the class. */
export class CheckFailed extends Error {
  readonly kind: string;

  /**
   * @param kind class of the failure, in words: `lost update`, `counted twice`
   * @param message what was found, in one sentence
   * @param options `cause`: the error behind it
   */
  constructor(kind: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CheckFailed";
    this.kind = kind;
  }
}

/** An operation threw what nobody expected; its `cause` is what it threw. */
export class OperationFailed extends CheckFailed {
  readonly client: number;

  /** @param code the error's own, as the backend knows it */
  constructor(client: number, code: string, error: unknown) {
    super(`error ${code}`, `client ${client}'s operation failed: ${errorInWords(error)}`, {
      cause: error,
    });
    this.client = client;
  }
}

/** What went wrong, and its class: shrinking keeps the class. */
export interface Failure {
  readonly kind: string;
  readonly message: string;
  /** What was thrown, if anything was. */
  readonly error?: unknown;
}

/** The class of any error that a check may throw: its own kind, else its code, else its name. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: "failed check", message: String(error), error };
  const named = error as Error & { kind?: unknown; code?: unknown };
  const kind = [named.kind, named.code, error.name].find((k) => typeof k === "string" && k !== "");
  return { kind: String(kind), message: errorInWords(error), error };
}

/** In one line, never empty: for the middle of a sentence. */
function errorInWords(error: unknown): string {
  if (typeof error !== "object" || error === null) return String(error);
  const { name, message, errors } = error as Partial<AggregateError>;
  if (message) return message;
  // Node's own "cannot connect" has no message, only one for each address that it tried.
  const [first] = Array.isArray(errors) ? (errors as unknown[]) : [];
  return first === undefined ? (name ?? "an error without a message") : errorInWords(first);
}
