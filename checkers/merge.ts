import type { History } from "../histories/event.ts";
import type { Checker, Limits, Verdict } from "./verdict.ts";
import { strange } from "./vocabulary.ts";

const weight = { valid: 0, unknown: 1, invalid: 2 };

/** The heaviest of several verdicts, invalid > unknown > valid; the first of equals. Unknown when there are none. */
export function merge(verdicts: readonly Verdict[]): Verdict {
  const [first, ...others] = verdicts;
  if (first === undefined)
    return { checker: "none", verdict: "unknown", reason: "Nothing was checked." };
  return others.reduce(
    (worst, verdict) => (weight[verdict.verdict] > weight[worst.verdict] ? verdict : worst),
    first,
  );
}

/** Runs a checker. When it throws, or has nothing to look at, the verdict is `unknown`, never valid. */
export async function runChecker(
  checker: Checker,
  history: History,
  limits: Limits = {},
): Promise<Verdict> {
  const unknown = (reason: string): Verdict => ({
    checker: checker.name,
    verdict: "unknown",
    reason,
  });
  if (!history.operations.some((operation) => operation.status === "ok"))
    return unknown("No operation completed, so there is nothing to judge.");
  const wrong = checker.knows && strange(checker.name, checker.knows, history);
  if (wrong !== undefined) return unknown(wrong);
  try {
    return await checker.check(history, limits);
  } catch (error) {
    return unknown(`The checker failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}
