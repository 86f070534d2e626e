import type { History } from "./event.ts";
import { eventsOf } from "./events-of.ts";

/** A history in raceproof's own format, to be read by JsonlParser; null for what JSON cannot express. */
export function writeJsonl({ header, operations }: History): string {
  const first = header === undefined ? [] : [header];
  return [...first, ...eventsOf(operations)]
    .map((line) => `${JSON.stringify(line, plain)}\n`)
    .join("");
}

function plain(_: string, value: unknown): unknown {
  return value === undefined ? null : value;
}
