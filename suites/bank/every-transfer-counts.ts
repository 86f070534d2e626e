import type { SyncChecker, Verdict } from "../../checkers/verdict.ts";
import type { History, Operation } from "../../histories/event.ts";
import { type Balances, first_balances, type Transfer } from "./transfer.ts";

/**
 * At rest every account holds what the acknowledged transfers left there. Transfers of unknown outcome may have
 * happened, too; failed ones have not. An account may be wrong though the total is right: if a whole transfer was lost.
 */
export const everyTransferCounts: SyncChecker = {
  name: "every-transfer-counts",
  check({ operations }: History): Verdict {
    const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
      checker: "every-transfer-counts",
      verdict,
      reason,
    });
    const last = operations.at(-1);
    const at_rest = last && readsIn([last])[0];
    if (at_rest === undefined) return verdict("unknown", "There is no read at rest.");
    for (const [account, first] of Object.entries(first_balances)) {
      const { least, most } = rangeOf(account, first, operations);
      const balance = at_rest[account] ?? 0;
      if (balance >= least && balance <= most) continue;
      const right = least === most ? `${least}` : `between ${least} and ${most}`;
      return verdict("invalid", `Account ${account} ended at ${balance}, not ${right}.`);
    }
    return verdict("valid", "Every acknowledged transfer is in the balances.");
  },
};

function readsIn(operations: readonly Operation[]): Balances[] {
  return operations
    .filter(({ f, status }) => f === "read" && status === "ok")
    .map(({ output }) => output as Balances);
}

/** What an account may hold after these operations. */
function rangeOf(
  account: string,
  first: number,
  operations: readonly Operation[],
): { readonly least: number; readonly most: number } {
  let least = first;
  let most = first;
  for (const { f, status, input } of operations) {
    if (f !== "transfer" || status === "fail") continue;
    const { from, to, amount } = input as Transfer;
    const change = (to === account ? amount : 0) - (from === account ? amount : 0);
    least += status === "ok" ? change : Math.min(0, change);
    most += status === "ok" ? change : Math.max(0, change);
  }
  return { least, most };
}
