import type { History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { show } from "./call.ts";
import { ifAny, safe } from "./shapes.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { ofKey, who } from "./who.ts";

/** Closed ranges of whole numbers, [least, most], in order and apart from each other. */
type Ranges = readonly (readonly [number, number])[];

/** Crashed deltas that are far apart double the sums each time. */
const most_ranges = 100_000;

/**
 * Maelstrom's `pn-counter`: `add` of deltas, up or down (1 when none is given), and `read`. It is eventually consistent: only the final
 * reads are judged. Each must be the sum of all acknowledged deltas and of some of the crashed ones.
 * Maelstrom marks its final reads; they are each process's last operation, after all adds. A counter
 * that must be linearizable is judged by the model `counter`, which takes any delta, too.
 * @param initial what it starts with. When not given: what the header says, or else 0
 */
export function pnCounterChecker(initial?: unknown): SyncChecker {
  if (initial !== undefined) wholeNumber(initial);
  return {
    name: "pn-counter",
    knows: { add: { input: ifAny(safe) }, read: { output: safe } },
    check({ header, operations }: History): Verdict {
      const keys = byKey(operations);
      const figures = { final_reads: 0, wrong_reads: 0 };
      let wrong: string | undefined;
      const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
        checker: "pn-counter",
        verdict,
        reason,
        figures,
      });
      for (const [key, of_key] of keys) {
        const possible = possibleSums(of_key, wholeNumber(initial ?? header?.initial ?? 0));
        if (possible === undefined) return verdict("unknown", "Too many sums are possible.");
        for (const read of finalReads(of_key)) {
          const value = wholeNumber(read.output);
          figures.final_reads++;
          if (possible.some(([least, most]) => least <= value && value <= most)) continue;
          figures.wrong_reads++;
          wrong ??= `${who(read, header)} read ${value} in the end; possible is ${text(possible)}${ofKey(key, keys.size > 1)}.`;
        }
      }
      if (wrong !== undefined) return verdict("invalid", wrong);
      if (figures.final_reads === 0)
        return verdict("unknown", "No process's last operation is a read after all adds.");
      return verdict("valid", `All ${figures.final_reads} final reads are possible sums.`);
    },
  };
}

/** @returns undefined when there are too many */
function possibleSums(operations: readonly Operation[], initial: number): Ranges | undefined {
  const adds = operations.filter(({ f, status }) => f === "add" && status !== "fail");
  const acknowledged = adds
    .filter(({ status }) => status === "ok")
    .reduce((sum, { input }) => sum + wholeNumber(input ?? 1), initial);
  let sums: Ranges = [[acknowledged, acknowledged]];
  for (const { input, status } of adds) {
    if (status !== "info") continue;
    const delta = wholeNumber(input ?? 1);
    sums = joined([...sums, ...sums.map(([a, b]) => [a + delta, b + delta] as const)]);
    if (sums.length > most_ranges) return undefined;
  }
  return sums;
}

function joined(ranges: Ranges): Ranges {
  const result: [number, number][] = [];
  for (const [least, most] of ranges.toSorted(([one], [other]) => one - other)) {
    const last = result.at(-1);
    if (last !== undefined && least <= last[1] + 1) last[1] = Math.max(last[1], most);
    else result.push([least, most]);
  }
  return result;
}

/** The last operations of processes that are reads, called when no add was open but crashed ones. */
function finalReads(operations: readonly Operation[]): Operation[] {
  const last = new Map(operations.map((operation) => [operation.process, operation]));
  const adds = operations.filter(({ f }) => f === "add");
  const quiet_since = adds.reduce(
    (time, { status, invoked, returned }) => Math.max(time, status === "info" ? invoked : returned),
    Number.NEGATIVE_INFINITY,
  );
  return [...last.values()].filter(
    ({ f, status, invoked }) => f === "read" && status === "ok" && invoked > quiet_since,
  );
}

function wholeNumber(value: unknown): number {
  if (Number.isSafeInteger(value)) return Number(value);
  throw new Error(
    `A counter's start, deltas and reads must be whole numbers below 2^53, not ${show(value)}.`,
  );
}

function text(ranges: Ranges): string {
  const shown = ranges.slice(0, 5).map(([a, b]) => (a === b ? `${a}` : `${a} to ${b}`));
  return shown.join(", ") + (ranges.length > shown.length ? ", …" : "");
}
