import { readHistory } from "../histories/read-history.ts";
import { runChecker } from "./merge.ts";
import { checkerFor } from "./select.ts";
import type { Limits, Verdict } from "./verdict.ts";

export interface CheckOptions extends Limits {
  /** One of `model_names`. */
  readonly model: string;
}

export interface FileVerdict extends Verdict {
  readonly file: string;
  readonly operations: number;
  readonly events: number;
  /** Sentences about the file itself: cut off at the end, … */
  readonly notes: readonly string[];
}

/**
 * Judges a recorded history. A file that cannot be read as one is `unknown`, with the reason.
 * @throws Error in one sentence when there is no such model.
 */
export async function checkFile(path: string, options: CheckOptions): Promise<FileVerdict> {
  const checker = checkerFor(options.model);
  try {
    const history = await readHistory(path);
    const verdict = await runChecker(checker, history, options);
    const { operations, events, notes } = history;
    return { file: path, ...verdict, operations: operations.length, events, notes };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const nothing = { operations: 0, events: 0, notes: [] };
    return { file: path, checker: checker.name, verdict: "unknown", reason, ...nothing };
  }
}
