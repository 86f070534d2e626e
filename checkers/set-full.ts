import type { History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { elementsOf, few } from "./elements.ts";
import { plainText } from "./plain-text.ts";
import { list, value } from "./shapes.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { ofKey } from "./who.ts";

/**
 * Jepsen's `set-full`: `add` of elements, and many `read`s of all of them. An element is known once its add or
 * a read of it returned. The last read that was invoked after that decides: if it misses the element, the element is
 * lost, else it is stable. A stable element is stale if an earlier read missed it (which eventual consistency
 * allows). No read may have an element twice, nor one whose adds all certainly failed.
 */
export const setFullChecker: SyncChecker = {
  name: "set-full",
  knows: { add: { input: value }, read: { output: list } },
  check({ operations }: History): Verdict {
    const keys = byKey(operations);
    const figures = { stable: 0, stale: 0, lost: 0, never_read: 0, duplicates: 0, unexpected: 0 };
    let wrong: string | undefined;
    for (const [key, of_key] of keys) {
      const of = ofKey(key, keys.size > 1);
      const reads = of_key.filter(({ f, status }) => f === "read" && status === "ok");
      const contents = reads.map((read) => new Set(elementsOf(read)));
      const doubled = reads.flatMap(twice);
      const lost: string[] = [];
      for (const [element, known] of knownSince(of_key, reads, contents)) {
        const last_present = contents.findLastIndex((content) => content.has(element));
        const last_absent = contents.findLastIndex((content) => !content.has(element));
        const missed = last_absent >= 0 && reads[last_absent]!.invoked > known;
        if (last_present > last_absent) {
          figures.stable++;
          if (missed) figures.stale++;
        } else if (missed) lost.push(element);
        else figures.never_read++;
      }
      const never = neverAdded(of_key);
      const unexpected = new Set(
        contents.flatMap((content) => [...content]).filter((element) => never.has(element)),
      );
      figures.unexpected += unexpected.size;
      figures.lost += lost.length;
      figures.duplicates += doubled.length;
      if (unexpected.size > 0)
        wrong ??= `Elements were read whose adds had all failed: ${few(unexpected)}${of}.`;
      if (lost.length > 0) wrong ??= `Elements were lost: ${few(lost)}${of}.`;
      if (doubled.length > 0) wrong ??= `A read has elements twice: ${few(doubled)}${of}.`;
    }
    const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
      checker: "set-full",
      verdict,
      reason,
      figures,
    });
    if (wrong !== undefined) return verdict("invalid", wrong);
    if (figures.stable === 0) return verdict("unknown", "No element was read in the end.");
    return verdict("valid", `All ${figures.stable} elements that were read stayed.`);
  },
};

/** Elements whose adds all failed. */
function neverAdded(operations: readonly Operation[]): Set<string> {
  const adds = operations.filter(({ f }) => f === "add");
  const never = new Set(adds.map(({ input }) => plainText(input)));
  for (const { input, status } of adds) if (status !== "fail") never.delete(plainText(input));
  return never;
}

/** For each added element: the event from which on it must be there; Infinity when no add or read of it returned. */
function knownSince(
  operations: readonly Operation[],
  reads: readonly Operation[],
  contents: readonly ReadonlySet<string>[],
): Map<string, number> {
  const known = new Map<string, number>();
  for (const { f, input, status, returned } of operations)
    if (f === "add" && status !== "fail") known.set(plainText(input), returned);
  for (const [index, { returned }] of reads.entries())
    for (const element of contents[index]!) {
      const since = known.get(element);
      if (since !== undefined && returned < since) known.set(element, returned);
    }
  return known;
}

function twice(read: Operation): string[] {
  const seen = new Set<string>();
  return elementsOf(read).filter((element) => seen.size === seen.add(element).size);
}
