import type { History, HistoryEvent } from "./event.ts";
import { Pairing } from "./pair.ts";

/**
 * A history of events that are in memory, in the order in which they happened. An operation that never completed is `info`.
 *
 * @throws HistoryError for a second invoke of one process before its first has returned, or a completion
 *   without an invoke
 * @example
 * import { historyOf } from "raceproof";
 *
 * const history = historyOf([
 *   { index: 0, time_ns: 0, process: 1, type: "invoke", f: "read", key: "x", input: null },
 *   { index: 1, time_ns: 5, process: 1, type: "ok", output: 0 },
 * ]);
 * console.log(history.operations.length); // 1
 */
export function historyOf(events: Iterable<HistoryEvent>): History {
  const pairing = new Pairing();
  for (const event of events) pairing.add(event);
  return { header: undefined, operations: pairing.operations };
}
