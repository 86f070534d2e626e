import { type FileHistory, readHistory } from "../histories/read-history.ts";
import type { CheckOptions, FileVerdict } from "./check-options.ts";
import type { LinearizableOptions } from "./linearizable.ts";
import { loadChecker } from "./load-model.ts";
import { runChecker } from "./merge.ts";
import type { Verdict } from "./verdict.ts";

/** What these checkers find wrong is wrong whatever else happened. */
const no_doubt: readonly string[] = ["unique", "unique-ids", "bank"];

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
      const sure = trusted(verdict, history, options);
      return { file: path, ...sure, operations: operations.length, events, notes };
    };
    const checker = await loadChecker(options.model, {
      started_ms,
      ...options,
      ...more,
      found: (verdict) => found(whole(verdict)),
    });
    const history = await readHistory(path, { ...options, ...longestOf(options) });
    return whole(await runChecker(checker, history, options));
  } catch (error) {
    const nothing = { operations: 0, events: 0, notes: [] };
    const reason = trouble(error);
    return { file: path, checker: options.model, verdict: "unknown", reason, ...nothing };
  }
}

/** The longest text that fits: once it is read, it takes several times its length. */
function longestOf({ memoryMb }: CheckOptions): { longest?: number } {
  return memoryMb === undefined ? {} : { longest: (memoryMb * 2 ** 20) / 8 };
}

/** When a file is not complete, what looks impossible may have happened: invalid becomes unknown. */
function trusted(
  verdict: Verdict,
  history: FileHistory,
  { initial, model }: CheckOptions,
): Verdict {
  if (verdict.verdict !== "invalid" || no_doubt.includes(model)) return verdict;
  const { doubt, beginsLate: begins_late } = history;
  const late =
    begins_late === undefined || initial !== undefined
      ? undefined
      : `${begins_late}: what it all started with is not known; say it with --initial`;
  const why = doubt ?? late;
  if (why === undefined) return verdict;
  const { checker, reason, figures = {} } = verdict;
  const doubtful = `By what the file has, it would be invalid: ${reason} But ${why}.`;
  return { checker, verdict: "unknown", reason: doubtful, figures };
}

function trouble(error: unknown): string {
  if (error instanceof RangeError && error.message.includes("call stack"))
    return "Something in the history, or a state of the model, is nested too deep.";
  return error instanceof Error ? error.message : String(error);
}
