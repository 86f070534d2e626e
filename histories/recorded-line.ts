import type { HistoryEvent } from "./event.ts";

const whole = "(?:0|-?[1-9]\\d{0,14})";
const natural = "(?:0|[1-9]\\d{0,14})";
/** Nothing that JSON would write with a backslash. */
const plain = '[^"\\\\\\x00-\\x1f]*';

const recorded = new RegExp(
  `^{"index":(${natural}),"time_ns":(${natural}),"process":(${natural}),"type":"` +
    `(?:ok","output":(${whole}|null)|invoke","f":"(${plain})","key":"(${plain})","input":(${whole}|null))}$`,
);

/**
 * A line as a recorder writes most of them: a long history is read in half the time. It says the same as `jsonEvent` of
 * the parsed line; for any other line it says nothing.
 */
export function recordedLine(text: string): HistoryEvent | undefined {
  const found = recorded.exec(text);
  if (found === null) return undefined;
  const [, at, ns, by, output, f, key, input] = found;
  const [index, time_ns, process] = [Number(at), Number(ns), Number(by)];
  if (output !== undefined) return { index, time_ns, process, type: "ok", output: value(output) };
  return { index, time_ns, process, type: "invoke", f: f!, key: key!, input: value(input!) };
}

const value = (text: string): number | null => (text === "null" ? null : Number(text));
