import type { Format } from "../histories/format.ts";
import type { Limits, Verdict } from "./verdict.ts";

/** What judges a file, and for how long. */
export interface CheckOptions extends Limits {
  /** One of `modelNames`, or a file that exports a Model (see load-model.ts). */
  readonly model: string;
  /** How the file is written. Default: what its content looks like. */
  readonly format?: Format;
  /** Whether Jepsen's values are `[key value]` tuples. Default: no, but it is asked for where they look so. */
  readonly independent?: boolean;
  /** Other names for the file's operations: `{ lock: "acquire" }`. */
  readonly rename?: Readonly<Record<string, string>>;
  /** What everything starts with; the header's, or else the model's own, when not given. */
  readonly initial?: unknown;
  /** Tell the order that shows that a history is linearizable. */
  readonly witness?: boolean;
}

/** What was said of a history in a file. */
export interface FileVerdict extends Verdict {
  readonly file: string;
  readonly operations: number;
  readonly events: number;
  /** Sentences about the file itself: cut off at the end, … */
  readonly notes: readonly string[];
}

/** What a thread is asked that judges a file, or a share of its keys. */
export interface CheckRequest {
  readonly path: string;
  readonly options: Omit<CheckOptions, "signal"> & { readonly memoryMb: number };
  readonly share: { readonly index: number; readonly of: number };
  /** When it was asked: starting a thread takes time, too. */
  readonly sent_ms: number;
}

/** An invalid verdict comes twice: as soon as it is found, and again when it is explained. */
export interface CheckAnswer {
  readonly verdict: FileVerdict;
  readonly last: boolean;
}
