import type { History, HistoryEvent } from "./event.ts";
import { eventsOf } from "./events-of.ts";

/**
 * A history in Jepsen's EDN, one map a line; nil for what EDN cannot express. The header is left out, and so is a
 * key ""; other keys are `:key`. Reading it back gives the same operations, except for what Jepsen's format does not
 * tell: the answer of an `add`, and numbers with more digits than a number holds.
 */
export function writeEdn({ operations }: Pick<History, "operations">): string {
  const calls = new Map<HistoryEvent["process"], HistoryEvent>();
  return eventsOf(operations)
    .map((event) => {
      if (event.type === "invoke") calls.set(event.process, event);
      return `${line(event, calls.get(event.process)!)}\n`;
    })
    .join("");
}

function line(event: HistoryEvent, call: HistoryEvent): string {
  const { f, key, input } = call as Extract<HistoryEvent, { type: "invoke" }>;
  const fields = [
    `:process ${typeof event.process === "number" ? event.process : named(event.process)}`,
    `:type :${event.type}`,
    `:f ${named(f)}`,
    ...(key === "" ? [] : [`:key ${edn(key)}`]),
    `:value ${edn(event.type === "ok" ? event.output : input)}`,
    `:time ${event.time_ns}`,
    ...("error" in event ? [`:error ${edn(event.error)}`] : []),
  ];
  return `{${fields.join(", ")}}`;
}

/** A keyword if the word can be one, else a string. */
function named(word: string): string {
  return /^[A-Za-z][\w*+!?.-]*$/.test(word) ? `:${word}` : JSON.stringify(word);
}

function edn(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value); // its escapes are EDN's
    case "number":
      return Number.isFinite(value) ? String(value) : "nil";
    case "boolean":
      return String(value);
    case "bigint":
      return `${value}N`;
    case "object":
      if (value === null) return "nil";
      if (Array.isArray(value)) return `[${value.map(edn).join(" ")}]`;
      return `{${Object.entries(value)
        .map(([key, item]) => `${named(key)} ${edn(item)}`)
        .join(", ")}}`;
    default:
      return "nil";
  }
}
