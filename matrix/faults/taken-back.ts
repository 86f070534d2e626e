import { merge, runChecker } from "../../checkers/merge.ts";
import { withoutTakenBack } from "../../checkers/taken-back.ts";
import type { Verdict } from "../../checkers/verdict.ts";
import type { History } from "../../histories/event.ts";
import type { Workload } from "../workload.ts";

/**
 * They show a commit to readers before it is on disk. It is the server's way, whatever the strategy, and needs a kill
 * in less than a millisecond: it may show and need not. All others are held to it that it never does.
 */
const show_too_early: ReadonlySet<string> = new Set(["mysql", "mariadb", "mariadb-snapshot-off"]);

/** @param backend by its name; of two that work together, the one that keeps the data counts */
export const mayTakeBack = (backend: string): boolean => show_too_early.has(backend.split("+")[0]!);

/** The verdict on a history with kills where that is all that is wrong with it; else undefined. */
export async function judgeTakenBack(
  history: History,
  { checkers }: Pick<Workload, "checkers">,
  { reason, ...invalid }: Verdict,
): Promise<Verdict | undefined> {
  const rest = withoutTakenBack(history);
  if (rest === undefined) return undefined;
  const verdicts = await Promise.all(checkers.map((each) => runChecker(each, rest)));
  if (merge(verdicts).verdict !== "valid") return undefined;
  return {
    ...invalid,
    reason: `A crash took back what a reader had been told; nothing that was acknowledged is lost. ${reason}`,
  };
}
