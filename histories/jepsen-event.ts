import type { HistoryEvent } from "./event.ts";
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
 * Jepsen's conventions in our words. Everything whose process is no number is the nemesis; an `ok`
 * repeats its input but for what it learnt; keys are `:key`, or the first of `[key value]` tuples.
 * @param independent values are such tuples
 * @throws HistoryError when it is no operation
 */
export function fromJepsen(
  operation: JepsenOperation,
  index: number,
  independent: boolean,
): HistoryEvent {
  const type = word(operation.type);
  const process = typeof operation.process === "number" ? operation.process : "nemesis";
  const time_ns = typeof operation.time === "number" ? operation.time : 0;
  const f = word(operation.f);
  const [key, value] = keyed(operation, independent && process !== "nemesis");
  switch (type) {
    case "invoke":
      return { index, time_ns, process, type, f, key, input: value };
    case "ok":
      return {
        index,
        time_ns,
        process,
        type,
        output: f === "add" && typeof value !== "boolean" ? null : value,
      };
    case "fail":
    case "info":
      return { index, time_ns, process, type, error: text(operation.error ?? operation.value) };
    default:
      throw new HistoryError(`:type must be :invoke, :ok, :fail or :info, not ${text(type)}`, 0);
  }
}

function keyed({ key, value }: JepsenOperation, independent: boolean): [string, unknown] {
  if (!independent) return [text(key ?? ""), value ?? null];
  if (Array.isArray(value) && value.length === 2) {
    const [of, inner] = value as [unknown, unknown];
    return [text(of), inner];
  }
  return ["", value ?? null];
}

function word(value: unknown): string {
  return typeof value === "string" ? value.replace(/^:/, "") : text(value);
}

function text(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}
