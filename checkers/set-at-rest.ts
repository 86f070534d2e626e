import type { History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { elementsOf, few } from "./elements.ts";
import { plainText } from "./plain-text.ts";
import { list, value } from "./shapes.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { ofKey } from "./who.ts";

/**
 * Jepsen's `set`: `add` of elements, and a last `read` of all of them. What was acknowledged before that
 * read must be in it (else lost), and what is in it must have been attempted, by an add that did
 * not fail (else unexpected).
 */
export const setAtRestChecker: SyncChecker = {
  name: "set-at-rest",
  knows: { add: { input: value }, read: { output: list } },
  check({ operations }: History): Verdict {
    const keys = byKey(operations);
    const figures = { attempted: 0, acknowledged: 0, lost: 0, unexpected: 0, recovered: 0 };
    let wrong: string | undefined;
    let unread: string | undefined;
    for (const [key, of_key] of keys) {
      const of = ofKey(key, keys.size > 1);
      const read = of_key.findLast(({ f, status }) => f === "read" && status === "ok");
      if (read === undefined) {
        unread ??= `No read tells what is in the set${of}.`;
        continue;
      }
      const there = new Set(elementsOf(read));
      const adds = of_key.filter(({ f }) => f === "add");
      const attempts = adds.filter(({ invoked }) => invoked < read.returned);
      const attempted = texts(attempts);
      const possible = texts(attempts.filter(({ status }) => status !== "fail"));
      const acknowledged = texts(adds.filter((add) => isBefore(add, read)));
      const lost = [...acknowledged].filter((element) => !there.has(element));
      const unexpected = [...there].filter((element) => !possible.has(element));
      figures.attempted += attempted.size;
      figures.acknowledged += acknowledged.size;
      figures.lost += lost.length;
      figures.unexpected += unexpected.length;
      figures.recovered += there.size - unexpected.length - (acknowledged.size - lost.length);
      if (lost.length > 0) wrong ??= `Acknowledged elements were lost: ${few(lost)}${of}.`;
      if (unexpected.length > 0)
        wrong ??= `Elements were read that nobody added: ${few(unexpected)}${of}.`;
    }
    const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
      checker: "set-at-rest",
      verdict,
      reason,
      figures,
    });
    if (wrong !== undefined) return verdict("invalid", wrong);
    if (unread !== undefined) return verdict("unknown", unread);
    return verdict("valid", `All ${figures.acknowledged} acknowledged elements are there.`);
  },
};

function texts(adds: readonly Operation[]): Set<string> {
  return new Set(adds.map(({ input }) => plainText(input)));
}

function isBefore({ status, returned }: Operation, read: Operation): boolean {
  return status === "ok" && returned < read.invoked;
}
