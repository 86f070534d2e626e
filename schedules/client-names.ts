import type { HistoryEvent } from "../histories/event.ts";
import type { Outcome } from "./program.ts";

/**
 * The events of a schedule with `client 1`, `client 2`, … as their processes, so that a checker's reason uses the same
 * names as the table of steps beside it. (In recorded files, processes keep their numbers.)
 */
export function eventsByClient({
  events,
  trace,
}: Pick<Outcome, "events" | "trace">): HistoryEvent[] {
  const clients = trace.operations.length;
  // After an `info` a client goes on under its number plus the number of clients (run/operations.ts).
  return events.map((event) => ({
    ...event,
    process: `client ${((Number(event.process) - 1) % clients) + 1}`,
  }));
}

/** The process that reads the final state: it is not one of the clients. */
export const final_process = "the check";
