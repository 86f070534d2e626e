import type { HistoryEvent, Operation } from "./event.ts";

/**
 * The events of these operations, in their order, counted from 0. An `info` whose error is known follows right
 * after its invoke (its real time is not kept); an `info` without an error never completed.
 */
export function eventsOf(operations: readonly Operation[]): HistoryEvent[] {
  const calls = operations.map((operation) => ({ operation, at: operation.invoked, call: true }));
  const returns = operations
    .filter(({ status, error }) => status !== "info" || error !== undefined)
    .map((operation) => {
      const at = operation.status === "info" ? operation.invoked : operation.returned;
      return { operation, at, call: false };
    });
  // At equal times calls come first: the sort is stable.
  return [...calls, ...returns]
    .sort((one, other) => one.at - other.at)
    .map(({ operation, call }, index) => (call ? invoke(operation, index) : end(operation, index)));
}

function invoke({ process, f, key, input, invoked_ns }: Operation, index: number): HistoryEvent {
  return { index, time_ns: invoked_ns, process, type: "invoke", f, key, input };
}

function end(operation: Operation, index: number): HistoryEvent {
  const { process, status, output, error, invoked_ns, returned_ns } = operation;
  const time_ns = Number.isFinite(returned_ns) ? returned_ns : invoked_ns;
  if (status === "ok") return { index, time_ns, process, type: "ok", output };
  return { index, time_ns, process, type: status, error: error ?? "" };
}
