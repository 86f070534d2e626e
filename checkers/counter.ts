import type { Header, History, Operation } from "../histories/event.ts";
import { byKey } from "./by-key.ts";
import { show } from "./call.ts";
import { type CounterFault, counterFault } from "./counter-slots.ts";
import type { SyncChecker, Verdict } from "./verdict.ts";
import { ofKey, who } from "./who.ts";

/** Linearizability of counters that go up by 1: exact, each key by itself. */
export const counterChecker: SyncChecker = {
  name: "counter",
  check(history: History): Verdict {
    const { header, operations } = history;
    const verdict = (verdict: Verdict["verdict"], reason: string): Verdict => ({
      checker: "counter",
      verdict,
      reason,
      figures: { operations: operations.length },
    });
    const keys = byKey(operations);
    const initial = header?.initial ?? 0;
    if (!Number.isSafeInteger(initial))
      return verdict("unknown", `A counter starts with a whole number, not ${show(initial)}.`);
    let foreign: string | undefined;
    for (const [key, of_key] of keys) {
      const strange = firstOutside(of_key, header);
      foreign ??= strange;
      if (strange !== undefined) continue;
      const fault = counterFault(of_key, initial);
      if (fault !== undefined)
        return verdict("invalid", `${sentence(fault, header)}${ofKey(key, keys.size > 1)}.`);
    }
    if (foreign !== undefined) return verdict("unknown", foreign);
    return verdict("valid", `All ${operations.length} operations fit into one order.`);
  },
};

/** Why the fast method cannot judge these operations. */
function firstOutside(
  operations: readonly Operation[],
  header: Header | undefined,
): string | undefined {
  for (const operation of operations) {
    const reason = outside(operation, header);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function outside(operation: Operation, header: Header | undefined): string | undefined {
  const { f, input, output, status } = operation;
  if (status === "fail") return undefined;
  if (f !== "add" && f !== "read") return `A counter has no operation "${f}".`;
  if (f === "add" && (input ?? 1) !== 1)
    return `${who(operation, header)} added ${show(input)}: only increments by 1 can be judged.`;
  if (status === "ok" && output !== null && !Number.isSafeInteger(output))
    return `${who(operation, header)} was answered ${show(output)}, which is no whole number.`;
  return undefined;
}

function sentence(fault: CounterFault, header: Header | undefined): string {
  const saw = (operation: Operation): string =>
    `${who(operation, header)} ${operation.f === "read" ? "read" : "was told"} ${String(operation.output)}`;
  const since = (earlier: Operation | undefined): string =>
    earlier === undefined ? "the start" : saw(earlier);
  const { kind, later } = fault;
  switch (kind) {
    case "too low":
      return `${saw(later)}, less than the initial ${header?.initial ?? 0}`;
    case "same answer":
      return `${who(fault.earlier, header)} and ${who(later, header)} both added 1 and both were told ${String(later.output)}`;
    case "backwards":
      return `${saw(later)} after ${who(fault.earlier, header)}'s ${
        fault.earlier.f === "read" ? "read of" : "increment to"
      } ${String(fault.earlier.output)} had returned`;
    case "lost":
      return `${saw(later)}, too low: ${increments(fault.between)} had happened since ${since(fault.earlier)}`;
    default:
      return `${saw(later)}, too high: only ${increments(fault.between)} can have happened since ${since(fault.earlier)}`;
  }
}

function increments(count: number): string {
  return `${count} increment${count === 1 ? "" : "s"}`;
}
