import type { History } from "../histories/event.ts";
import { type LinearizableOptions, linearizable } from "./linearizable.ts";
import { runChecker } from "./merge.ts";
import type { MakeModel } from "./models/index.ts";
import { checkerFor } from "./select.ts";
import type { Limits, Verdict } from "./verdict.ts";

/** What judges a history, and for how long. */
export interface CheckHistoryOptions extends Limits {
  /** A name (`modelNames` lists them), or a function that makes a model of your own. */
  readonly model: string | MakeModel;
  /** What everything starts with. Default: as the history's header says, else the model's own. */
  readonly initial?: unknown;
  /** Whether a valid verdict comes with an order that proves it. Default false. */
  readonly witness?: boolean;
}

/**
 * Judges a history that is in memory, in this thread. `checkFile` judges one in a file, and its limits hold even
 * when a model of your own does not return.
 *
 * @returns valid, invalid with evidence, or unknown with the reason, also when a limit was reached
 * @throws Error for a model that does not exist, or cannot start with what is given
 * @example
 * import { checkHistory, historyOf } from "raceproof";
 *
 * // Two clients add 1 to a counter that starts at 0; later it is 1.
 * const call = (process, f, input) => ({ process, type: "invoke", f, key: "x", input });
 * const events = [
 *   call(1, "add", 1), { process: 1, type: "ok", output: null },
 *   call(2, "add", 1), { process: 2, type: "ok", output: null },
 *   call(1, "read", null), { process: 1, type: "ok", output: 1 },
 * ].map((event, index) => ({ index, time_ns: index, ...event }));
 *
 * const { verdict } = await checkHistory(historyOf(events), { model: "counter" });
 * console.log(verdict); // invalid
 */
export async function checkHistory(
  history: History,
  options: CheckHistoryOptions,
): Promise<Verdict> {
  const { model, initial, witness, ...limits } = options;
  const how: LinearizableOptions = {
    ...(initial === undefined ? {} : { initial }),
    ...(witness === undefined ? {} : { witness }),
  };
  const checker =
    typeof model === "string"
      ? checkerFor(model, how)
      : linearizable(model(initial).name, model, how);
  return runChecker(checker, history, limits);
}
