import { readHistory } from "../histories/read-history.ts";
import type { CheckOptions, FileVerdict } from "./check-file.ts";
import type { LinearizableOptions } from "./linearizable.ts";
import { loadChecker } from "./load-model.ts";
import { runChecker } from "./merge.ts";
import type { Verdict } from "./verdict.ts";

/**
 * Judges a recorded history, or a share of its keys, here and now.
 * @param found is told of an invalid verdict before it is explained
 */
export async function checkShare(
  path: string,
  options: CheckOptions,
  more: Pick<LinearizableOptions, "share" | "progress" | "started_ms"> = {},
  found: (verdict: FileVerdict) => void = () => undefined,
): Promise<FileVerdict> {
  const started_ms = performance.now();
  try {
    const whole = (verdict: Verdict): FileVerdict => {
      const { operations, events, notes } = history;
      return { file: path, ...verdict, operations: operations.length, events, notes };
    };
    const checker = await loadChecker(options.model, {
      started_ms,
      ...options,
      ...more,
      found: (verdict) => found(whole(verdict)),
    });
    const history = await readHistory(path, options);
    return whole(await runChecker(checker, history, options));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const nothing = { operations: 0, events: 0, notes: [] };
    return { file: path, checker: options.model, verdict: "unknown", reason, ...nothing };
  }
}
