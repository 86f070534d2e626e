import type { Format } from "../histories/format.ts";
import type { Limits, Verdict } from "./verdict.ts";

/** What judges a file, and for how long. */
export interface CheckOptions extends Limits {
  /** One of `modelNames`, or a file that exports a Model (see load-model.ts). */
  readonly model: string;
  /** The file's format. Default: told from its content. */
  readonly format?: Format;
  /**
   * Whether Jepsen's values are `[key value]` tuples. Default: no; a file whose values look like that is refused
   * until this is given.
   */
  readonly independent?: boolean;
  /** Other names for the file's operations: `{ lock: "acquire" }`. */
  readonly rename?: Readonly<Record<string, string>>;
  /** What everything starts with. When not given: what the header says, or else the model's own start. */
  readonly initial?: unknown;
  /** Return an order that proves the history linearizable. */
  readonly witness?: boolean;
}

/** The verdict on a history in a file. */
export interface FileVerdict extends Verdict {
  readonly file: string;
  readonly operations: number;
  readonly events: number;
  /** Sentences about the file itself: cut off at the end, … */
  readonly notes: readonly string[];
}

/** What is sent to a thread that judges a file, or a share of its keys. */
export interface CheckRequest {
  readonly path: string;
  readonly options: Omit<CheckOptions, "signal"> & { readonly memoryMb: number };
  readonly share: { readonly index: number; readonly of: number };
  /** When the request was made: starting a thread counts, too. */
  readonly sent_ms: number;
}

/** An invalid verdict comes twice: as soon as it is found, and again when it is explained. */
export interface CheckAnswer {
  readonly verdict: FileVerdict;
  readonly last: boolean;
}
