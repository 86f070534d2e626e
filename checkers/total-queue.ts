import type { History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { elementsOf, few } from "./elements.ts";
import { plainText } from "./plain-text.ts";
import { list, value } from "./shapes.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { ofKey } from "./who.ts";

/**
 * Jepsen's `total-queue`: whatever goes in must come out, in any order. `enqueue`, `dequeue` (null when it was
 * empty), `drain` (a list); at the end the queue has been emptied. Acknowledged elements that never
 * come out are lost, unless crashed dequeues may have taken them; what nobody put in is unexpected (a
 * failed enqueue has put in nothing). What comes out more often than it was put in is counted as duplicated, which at-least-once delivery allows.
 */
export const totalQueueChecker: SyncChecker = {
  name: "total-queue",
  knows: { enqueue: { input: value }, dequeue: { output: value }, drain: { output: list } },
  check({ operations }: History): Verdict {
    const keys = byKey(operations);
    const figures = { attempted: 0, acknowledged: 0, lost: 0, unexpected: 0, duplicated: 0 };
    let wrong: string | undefined;
    let doubtful: string | undefined;
    for (const [key, of_key] of keys) {
      const of = ofKey(key, keys.size > 1);
      const enqueues = of_key.filter(({ f }) => f === "enqueue");
      const inputs = (some: readonly Operation[]): string[] =>
        some.map(({ input }) => plainText(input));
      const attempted = inputs(enqueues);
      const acknowledged = inputs(enqueues.filter(({ status }) => status === "ok"));
      const out = of_key.filter(({ status }) => status === "ok").flatMap(takenOut);
      const lost = less(acknowledged, out);
      const possible = inputs(enqueues.filter(({ status }) => status !== "fail"));
      const known = new Set(possible);
      const unexpected = out.filter((element) => !known.has(element));
      figures.attempted += attempted.length;
      figures.acknowledged += acknowledged.length;
      figures.lost += lost.length;
      figures.unexpected += unexpected.length;
      figures.duplicated += less(out, possible).length - unexpected.length;
      const crashed = of_key.filter(({ f, status }) => f !== "enqueue" && status === "info");
      const drained = crashed.some(({ f }) => f === "drain");
      if (unexpected.length > 0)
        wrong ??= `Elements came out that nobody put in: ${few(unexpected)}${of}.`;
      if (lost.length > crashed.length && !drained)
        wrong ??= `Acknowledged elements never came out: ${few(lost)}${of}.`;
      else if (lost.length > 0)
        doubtful ??= `Crashed operations may have taken what never came out: ${few(lost)}${of}.`;
    }
    const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
      checker: "total-queue",
      verdict,
      reason,
      figures,
    });
    if (wrong !== undefined) return verdict("invalid", wrong);
    if (doubtful !== undefined) return verdict("unknown", doubtful);
    return verdict("valid", `All ${figures.acknowledged} acknowledged elements came out.`);
  },
};

function takenOut(operation: Operation): string[] {
  if (operation.f === "drain") return elementsOf(operation);
  if (operation.f !== "dequeue" || operation.output === null) return [];
  return [plainText(operation.output)];
}

/** The difference of two multisets. */
function less(one: readonly string[], other: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const element of other) counts.set(element, (counts.get(element) ?? 0) + 1);
  return one.filter((element) => {
    const left = counts.get(element) ?? 0;
    counts.set(element, left - 1);
    return left <= 0;
  });
}
