import type { HistoryEvent } from "./event.ts";
import { HistoryError } from "./history-error.ts";
import { fromJepsen, processOf, tuple } from "./jepsen-event.ts";

/**
 * An event from a JSON object, in our own words (docs/history-format.md) or, where it has a `value`, in Jepsen's.
 * `index` may be left out: then the order of the file counts.
 * @param next the smallest index that the event may have
 * @param independent Jepsen's values are [key value]
 * @throws HistoryError that says what is wrong, without a line
 */
export function jsonEvent(given: unknown, next: number, independent: boolean): HistoryEvent {
  if (!isRecord(given)) throw new HistoryError("an event must be a JSON object", 0);
  const { index = next, type } = given;
  if (!isNatural(index)) throw new HistoryError('"index" must be a number counted from 0', 0);
  if (index < next)
    throw new HistoryError(
      `"index" must grow from line to line, but ${index} follows ${next - 1}`,
      0,
    );
  if (type !== "invoke" && type !== "ok" && type !== "fail" && type !== "info")
    throw new HistoryError(
      `"type" must be invoke, ok, fail or info, not ${JSON.stringify(type) ?? "missing"}`,
      0,
    );
  if ("value" in given || isJepsens(given))
    return fromJepsen(inJepsensWords(given), index, independent);
  const wrong = whatIsWrong(given);
  if (wrong !== undefined) throw new HistoryError(wrong, 0);
  const own = independent && given["process"] !== "nemesis" ? withoutTuples(given) : given;
  return ownEvent(own, index, type);
}

/**
 * Jepsen's events without a `value`, as nil values are often left out: they have `time` instead of `time_ns`, or a
 * completion has `f`.
 */
function isJepsens(given: Record<string, unknown>): boolean {
  if ("input" in given || "output" in given || "time_ns" in given) return false;
  return "time" in given || ("f" in given && given["type"] !== "invoke");
}

function inJepsensWords(given: Record<string, unknown>): Record<string, unknown> {
  for (const word of ["input", "output"])
    if (word in given)
      throw new HistoryError(`an event has "${word}" or, in Jepsen's words, "value", not both`, 0);
  return given;
}

/** An event with its key beside its input, or its output if that is [key value], too. */
function withoutTuples(given: Record<string, unknown>): Record<string, unknown> {
  const word = given["type"] === "invoke" ? "input" : "output";
  const value = given[word];
  if (word === "output" && (!Array.isArray(value) || value.length !== 2)) return given;
  const [key, inner] = tuple(value);
  return { ...given, key, [word]: inner };
}

function ownEvent(
  given: Record<string, unknown>,
  index: number,
  type: "invoke" | "ok" | "fail" | "info",
): HistoryEvent {
  const time_ns = Number(given["time_ns"] ?? 0);
  const process = processOf(given["process"]);
  const text = (field: string): string => {
    const value = given[field];
    return typeof value === "string" ? value : "";
  };
  switch (type) {
    case "invoke":
      return {
        index,
        time_ns,
        process,
        type,
        f: text("f"),
        key: text("key"),
        input: given["input"],
      };
    case "ok":
      return { index, time_ns, process, type, output: given["output"], ...repeated(given) };
    default:
      return { index, time_ns, process, type, error: text("error"), ...repeated(given) };
  }
}

/** What a completion says again, so that it is compared with its invoke. Some write all fields, but leave these empty. */
function repeated({ f, key }: Record<string, unknown>): { f?: string; key?: string } {
  return {
    ...(typeof f === "string" && f !== "" ? { f } : {}),
    ...(typeof key === "string" && key !== "" ? { key } : {}),
  };
}

function whatIsWrong(event: Record<string, unknown>): string | undefined {
  const { time_ns = 0, process, type, f, key = "", error = "" } = event;
  if (typeof time_ns !== "number" && typeof time_ns !== "bigint")
    return '"time_ns" must be a number';
  if (!isNatural(process) && (typeof process !== "string" || process === ""))
    return '"process" must be a number from 0, or a name';
  if (type === "invoke" && typeof f !== "string")
    return 'an invoke needs "f", the name of the operation';
  if (typeof (f ?? "") !== "string") return '"f" must be a string';
  if (typeof (type === "invoke" ? key : (key ?? "")) !== "string") return '"key" must be a string';
  return typeof error === "string" ? undefined : `"error" must be a string`;
}

function isNatural(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
