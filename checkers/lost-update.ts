import type { Header, History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { show } from "./call.ts";
import { ifAny, safe, value } from "./shapes.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { ofKey, who } from "./who.ts";

/**
 * No lost update: at rest, with final value F and initial value I, ok ≤ F − I ≤ ok + info.
 * A shortfall is what was lost, an excess what was applied twice.
 * `add` adds its input (1 when none is given); the final value is that of the last `read` that was
 * invoked when everything else had returned.
 */
export const lostUpdateChecker: SyncChecker = lostUpdate();

/** @param initial what each key starts with. When not given: what the header says, or else 0 */
export function lostUpdate(initial?: unknown): SyncChecker {
  if (initial !== undefined) mustBeWhole(initial);
  return {
    name: "lost-update",
    knows: { add: { input: ifAny(safe), output: ifAny(value) }, read: { output: value } },
    check({ header, operations }: History): Verdict {
      const keys = byKey(operations);
      const start = mustBeWhole(initial ?? header?.initial ?? 0);
      const figures = { acknowledged: 0, unknown: 0, failed: 0, lost: 0, applied_twice: 0 };
      let wrong: string | undefined;
      let unread: string | undefined;
      for (const [key, of_key] of keys) {
        const sums = sumUp(of_key);
        figures.acknowledged += sums.acknowledged;
        figures.unknown += sums.unknown;
        figures.failed += sums.failed;
        const of = ofKey(key, keys.size > 1);
        const final = finalRead(of_key);
        if (final === undefined) {
          unread ??= `There is no read at rest, after everything else had returned${of}.`;
          continue;
        }
        const grown = final - start;
        const lost = Math.max(0, sums.least - grown);
        const twice = Math.max(0, grown - sums.most);
        figures.lost += lost;
        figures.applied_twice += twice;
        if (lost === 0 && twice === 0) continue;
        wrong ??= `${lost > 0 ? lostSentence(lost, of_key, header) : twiceSentence(twice, sums)}${of}.`;
      }
      const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
        checker: "lost-update",
        verdict,
        reason,
        figures,
      });
      if (wrong !== undefined) return verdict("invalid", wrong);
      if (unread !== undefined) return verdict("unknown", unread);
      return verdict("valid", `All ${figures.acknowledged} acknowledged increments are there.`);
    },
  };
}

/** @throws Error when it is not */
function mustBeWhole(start: unknown): number {
  if (safe.fits(start)) return Number(start);
  throw new Error(`A value that is added to must start with a whole number, not ${show(start)}.`);
}

interface Sums {
  readonly acknowledged: number;
  readonly unknown: number;
  readonly failed: number;
  /** By how much the value must have grown at least, and may have grown at most. */
  readonly least: number;
  readonly most: number;
}

function sumUp(operations: readonly Operation[]): Sums {
  const sums = { acknowledged: 0, unknown: 0, failed: 0, least: 0, most: 0 };
  for (const { f, input, status } of operations) {
    if (f !== "add") continue;
    const delta = Number(input ?? 1);
    if (status === "fail") sums.failed++;
    else if (status === "ok") {
      sums.acknowledged++;
      sums.least += delta;
      sums.most += delta;
    } else {
      sums.unknown++;
      sums.least += Math.min(0, delta);
      sums.most += Math.max(0, delta);
    }
  }
  return sums;
}

/** The last read that answered a number, if everything else of its key had returned before its invoke. */
function finalRead(operations: readonly Operation[]): number | undefined {
  const final = operations.at(-1);
  if (final?.f !== "read" || final.status !== "ok" || typeof final.output !== "number")
    return undefined;
  const overlapping = operations.some(
    (other) => other.status !== "info" && other !== final && other.returned > final.invoked,
  );
  return overlapping ? undefined : final.output;
}

function lostSentence(
  lost: number,
  operations: readonly Operation[],
  header: Header | undefined,
): string {
  const updates = `${lost} acknowledged ${lost === 1 ? "update was" : "updates were"} lost`;
  const pair = sameAnswer(operations);
  if (pair === undefined) return updates;
  const [one, other] = pair.map((operation) => who(operation, header));
  const after = Number(pair[0].output);
  const before = after - Number(pair[0].input ?? 1);
  return `${updates}: ${one} and ${other} both read ${before} and both wrote ${after}`;
}

/** The culprits: two acknowledged increments by the same amount that answered the same new value. */
function sameAnswer(operations: readonly Operation[]): [Operation, Operation] | undefined {
  const by_answer = new Map<string, Operation>();
  for (const operation of operations) {
    const { f, input, output, status } = operation;
    if (f !== "add" || status !== "ok" || typeof output !== "number") continue;
    const answer = `${Number(input ?? 1)} ${output}`;
    const other = by_answer.get(answer);
    if (other !== undefined) return [other, operation];
    by_answer.set(answer, operation);
  }
  return undefined;
}

function twiceSentence(twice: number, sums: Sums): string {
  const updates = twice === 1 ? "1 update was" : `${twice} updates were`;
  const unknown = sums.unknown > 0 ? ` and ${sums.unknown} of unknown outcome` : "";
  return `${updates} applied twice: the value grew by ${sums.most + twice}, with ${sums.acknowledged} acknowledged${unknown}`;
}
