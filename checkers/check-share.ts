import { readHistory } from "../histories/read-history.ts";
import type { CheckOptions, FileVerdict } from "./check-file.ts";
import type { LinearizableOptions } from "./linearizable.ts";
import { loadChecker } from "./load-model.ts";
import { runChecker } from "./merge.ts";

/** Judges a recorded history, or a share of its keys, here and now. */
export async function checkShare(
  path: string,
  options: CheckOptions,
  more: Pick<LinearizableOptions, "share" | "progress" | "started_ms"> = {},
): Promise<FileVerdict> {
  const started_ms = performance.now();
  try {
    const checker = await loadChecker(options.model, { started_ms, ...options, ...more });
    const history = await readHistory(path, options);
    const verdict = await runChecker(checker, history, options);
    const { operations, events, notes } = history;
    return { file: path, ...verdict, operations: operations.length, events, notes };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const nothing = { operations: 0, events: 0, notes: [] };
    return { file: path, checker: options.model, verdict: "unknown", reason, ...nothing };
  }
}
