import { canonical } from "./edn.ts";
import type { HistoryEvent, Process } from "./event.ts";
import { HistoryError } from "./history-error.ts";

/** An operation map as Jepsen records it. */
export interface JepsenOperation {
  readonly process?: unknown;
  readonly type?: unknown;
  readonly f?: unknown;
  readonly value?: unknown;
  readonly key?: unknown;
  readonly time?: unknown;
  readonly error?: unknown;
}

/**
 * Translates Jepsen's conventions into ours. An `ok` repeats its input, except for what it learnt; the key is `:key`,
 * or the first of a `[key value]` tuple. A value that is not given stays undefined.
 * @param independent values are such tuples
 * @throws HistoryError when it is not an operation
 */
export function fromJepsen(
  operation: JepsenOperation,
  index: number,
  independent: boolean,
): HistoryEvent {
  const type = word(operation.type);
  const process = processOf(operation.process);
  const time_ns = typeof operation.time === "number" ? operation.time : 0;
  const tuples = independent && process !== "nemesis";
  if (type === "fail" || type === "info")
    return { index, time_ns, process, type, error: trouble(operation), ...name(operation) };
  if (type !== "invoke" && type !== "ok")
    throw new HistoryError(`:type must be :invoke, :ok, :fail or :info, not ${text(type)}`, 0);
  const [key, value] = keyed(operation, tuples);
  if (type === "ok") {
    const of_key = tuples || operation.key !== undefined ? { key } : {};
    return {
      index,
      time_ns,
      process,
      type,
      output: value,
      ...of_key,
      ...name(operation),
      jepsen: true,
    };
  }
  if (operation.f === undefined) throw new HistoryError("an invoke needs :f", 0);
  return { index, time_ns, process, type, f: word(operation.f), key, input: value };
}

/** @throws HistoryError for something that cannot be the name of a process */
export function processOf(given: unknown): Process {
  if (typeof given === "number" && Number.isSafeInteger(given)) return given;
  if (given === "nemesis" || given === ":nemesis") return "nemesis";
  if (typeof given === "string" && given !== "") return given;
  if (typeof given === "bigint") return `${given}`;
  const said = given === undefined ? "missing" : text(given);
  throw new HistoryError(`the process must be a number or a name, not ${said}`, 0);
}

function name({ f }: JepsenOperation): { f?: string } {
  return f === undefined ? {} : { f: word(f) };
}

function keyed({ key, value }: JepsenOperation, tuples: boolean): [string, unknown] {
  return tuples ? tuple(value) : [keyText(key ?? ""), value];
}

/** The key of a [key value], as text, and its value. @throws HistoryError when it is none */
export function tuple(value: unknown): [string, unknown] {
  if (Array.isArray(value) && value.length === 2) {
    const [of, inner] = value as [unknown, unknown];
    return [keyText(of), inner];
  }
  throw new HistoryError(
    `the value is ${text(value).slice(0, 40)}, no [key value] as in independent histories`,
    0,
  );
}

/** Equal keys have equal texts, whatever the order of their fields. */
function keyText(key: unknown): string {
  return typeof key === "object" ? canonical(key) : text(key);
}

function trouble({ error, value }: JepsenOperation): string {
  return text(error ?? value);
}

function word(value: unknown): string {
  return typeof value === "string" ? value.replace(/^:/, "") : text(value);
}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === undefined) return "nothing";
  return JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? `${item}` : item));
}
