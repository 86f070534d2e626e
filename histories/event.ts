/**
 * What happened, one event a line: the words are Jepsen's.
 *
 * `invoke` is written down before the request is sent. `ok` = it happened, `fail` = it certainly did
 * not happen, `info` = nobody knows. An invoke with no completion counts as `info`.
 */

/**
 * A logical process: one client, until an `info` ends it; where processes are numbers, it then goes on under a new
 * one. "nemesis" is the process that breaks things; any other name is a client.
 */
export type Process = number | string;

/** An operation is about to be sent. */
export interface Invoke {
  readonly index: number;
  readonly time_ns: number;
  readonly process: Process;
  readonly type: "invoke";
  readonly f: string;
  readonly key: string;
  readonly input: unknown;
}

/** It happened, and this was the answer. */
export interface Ok {
  readonly index: number;
  readonly time_ns: number;
  readonly process: Process;
  readonly type: "ok";
  readonly output: unknown;
  /** Where a format repeats them. */
  readonly f?: string;
  readonly key?: string;
  /** It is in Jepsen's format, where the `ok` of an `add` just repeats its input. */
  readonly jepsen?: true;
}

/** `fail`: it certainly did not happen. `info`: nobody knows. */
export interface Failed {
  readonly index: number;
  readonly time_ns: number;
  readonly process: Process;
  readonly type: "fail" | "info";
  readonly error: string;
  /** Where a format repeats them. */
  readonly f?: string;
  readonly key?: string;
}

/** One line of a history. The fields have the same names as in the file. */
export type HistoryEvent = Invoke | Ok | Failed;

/** Everything needed to know what ran; the first line of a history file. */
export interface Header {
  readonly raceproof: 1;
  readonly backend: string;
  readonly server: string;
  readonly strategy: string;
  readonly isolation: string | null;
  readonly seed: number;
  readonly clients: number;
  /** The number with which counters and registers start. */
  readonly initial?: number;
  readonly started: string;
}

/** An invoke joined with its completion. */
export interface Operation {
  readonly process: Process;
  readonly f: string;
  readonly key: string;
  readonly input: unknown;
  readonly status: "ok" | "fail" | "info";
  readonly output: unknown;
  readonly error: string | undefined;
  /** Event index of the invoke: the order of events is the order of these numbers, never of clocks. */
  readonly invoked: number;
  /** Event index of the completion; Infinity when it is `info` or missing. */
  readonly returned: number;
  readonly invoked_ns: number;
  readonly returned_ns: number;
  /** Where invoke and completion stand in the file they were read from, counted from 1. */
  readonly invoked_line?: number | undefined;
  readonly returned_line?: number | undefined;
}

/** What happened: the operations, and for a run of ours also what ran. */
export interface History {
  readonly header: Header | undefined;
  /** In the order of their invokes. */
  readonly operations: readonly Operation[];
}
