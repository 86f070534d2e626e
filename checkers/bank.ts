import type { History } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { value, whole } from "./shapes.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { ofKey, who } from "./who.ts";

/**
 * Jepsen's `bank`: `transfer`s between accounts, and `read`s of all balances, as a map or a list. Every
 * read must add up to the same total, and no balance may be below 0.
 * @param initial the total, or all balances; when not given, the total of the first read
 */
export function bankChecker(initial?: unknown): SyncChecker {
  return {
    name: "bank",
    knows: { transfer: {}, read: { output: value } },
    check({ header, operations }: History): Verdict {
      const keys = byKey(operations);
      const figures = { reads: 0, wrong_reads: 0, negative_reads: 0 };
      let wrong: string | undefined;
      for (const [key, of_key] of keys) {
        const of = ofKey(key, keys.size > 1);
        let total = initial === undefined ? undefined : sum(initial);
        for (const operation of of_key) {
          if (operation.f !== "read" || operation.status !== "ok") continue;
          const read = sum(operation.output);
          total ??= read;
          figures.reads++;
          const negative = values(operation.output).find((balance) => balance < 0);
          if (negative !== undefined) {
            figures.negative_reads++;
            wrong ??= `${who(operation, header)} read a balance of ${negative}, below 0${of}.`;
          }
          if (read === total) continue;
          figures.wrong_reads++;
          wrong ??= `${who(operation, header)} read balances that add up to ${read}, not ${total}${of}.`;
        }
      }
      const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
        checker: "bank",
        verdict,
        reason,
        figures,
      });
      if (wrong !== undefined) return verdict("invalid", wrong);
      if (figures.reads === 0) return verdict("unknown", "No read tells the balances.");
      return verdict("valid", `All ${figures.reads} reads add up to the same total.`);
    },
  };
}

/** @throws Error when something is not a whole number: sums of fractions are not exact */
function sum(balances: unknown): bigint {
  if (whole.fits(balances)) return BigInt(balances as number | bigint);
  return values(balances).reduce((total, balance) => total + balance, 0n);
}

function values(balances: unknown): bigint[] {
  if (typeof balances !== "object" || balances === null)
    throw new Error("balances must be a map or a list of numbers.");
  return Object.values(balances).map((balance: unknown) => {
    if (!whole.fits(balance)) throw new Error("a balance must be a whole number.");
    return BigInt(balance as number | bigint);
  });
}
