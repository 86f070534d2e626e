import type { History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { escaped, shortened } from "./call.ts";
import { plainText } from "./plain-text.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { strange } from "./vocabulary.ts";
import { ofKey, who } from "./who.ts";

/**
 * Unique with gaps: what sequences promise, and what Jepsen's `unique-ids` asks of `generate`. No two operations
 * of a key, except reads, have the same answer.
 */
export const uniqueChecker: SyncChecker = unique("unique");
export const uniqueIdsChecker: SyncChecker = unique("unique-ids");

function unique(name: string): SyncChecker {
  return {
    name,
    check(history: History): Verdict {
      const { header, operations } = history;
      const strangeness = strange(name, undefined, history);
      if (strangeness !== undefined)
        return { checker: name, verdict: "unknown", reason: strangeness };
      const keys = byKey(operations);
      const figures = { acknowledged: 0, duplicates: 0 };
      let wrong: string | undefined;
      for (const [key, of_key] of keys) {
        const seen = new Map<string, Operation>();
        for (const operation of of_key) {
          if (operation.status !== "ok" || operation.f === "read" || operation.output === null)
            continue;
          figures.acknowledged++;
          const answer = plainText(operation.output);
          const earlier = seen.get(answer);
          if (earlier === undefined) seen.set(answer, operation);
          else {
            figures.duplicates++;
            wrong ??= `${who(earlier, header)} and ${who(operation, header)} were both given ${shortened(escaped(answer))}${ofKey(key, keys.size > 1)}.`;
          }
        }
      }
      if (wrong !== undefined) return { checker: name, verdict: "invalid", reason: wrong, figures };
      if (figures.acknowledged === 0)
        return {
          checker: name,
          verdict: "unknown",
          reason: "No operation answered a number.",
          figures,
        };
      const reason = `All ${figures.acknowledged} answers are different.`;
      return { checker: name, verdict: "valid", reason, figures };
    },
  };
}
