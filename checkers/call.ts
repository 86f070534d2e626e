import type { Operation } from "../histories/event.ts";

/** Operations for which null is an answer ("there was nothing"), not the lack of one. */
const may_find_nothing = new Set(["read", "get", "dequeue", "pop", "remove-first", "remove-last"]);
/** The longest text of a value in a sentence. */
const limit = 60;
/** The longest text that is made of a value before it is shortened, and how deep it may be nested. */
const text_limit = 10_000;
const depth_limit = 20;

/** "read → 5", "write 3", "cas [1,2] → false" */
export function call({ f, input, output, status }: Operation): string {
  const given = input === null || input === undefined ? "" : ` ${show(input)}`;
  const echoes = output === input && given !== "";
  const is_void = output === null && !may_find_nothing.has(f);
  const answer = status !== "ok" || echoes || is_void ? "" : ` → ${show(output)}`;
  return `${plain(f)}${given}${answer}`;
}

/** A value for a sentence: invisible characters are escaped, long texts are shortened in the middle. */
export function show(value: unknown): string {
  return shortened(textOf(value, 0));
}

/** A name for a sentence: like a value, without quotes. */
export function plain(name: string): string {
  return shortened(escaped(JSON.stringify(cut(name)).slice(1, -1)));
}

function textOf(value: unknown, depth: number): string {
  if (typeof value === "string") return escaped(JSON.stringify(cut(value)));
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value !== "object") return typeof value;
  if (depth >= depth_limit) return "…";
  if (Array.isArray(value)) return `[${listOf(value, depth)}]`;
  if (value instanceof Set) return `{${listOf(value, depth)}}`;
  // The names in a state are texts already.
  if (value instanceof Map)
    return `{${listOf(value, depth, ([name, item]) => `${escaped(cut(String(name)))}: ${textOf(item, depth + 1)}`)}}`;
  return `{${listOf(Object.entries(value), depth, ([name, item]) => `${textOf(name, depth)}:${textOf(item, depth + 1)}`)}}`;
}

function listOf<Item>(
  items: Iterable<Item>,
  depth: number,
  text: (item: Item) => string = (item) => textOf(item, depth + 1),
): string {
  const texts: string[] = [];
  let length = 0;
  for (const item of items) {
    if (length > text_limit) return `${texts.join()},…`;
    length += texts[texts.push(text(item)) - 1]!.length;
  }
  return texts.join();
}

/** A very long text without its middle, which nobody will see. */
function cut(text: string): string {
  return text.length <= text_limit ? text : `${text.slice(0, 100)}…${text.slice(-100)}`;
}

/** Escapes what JSON does not, though it moves the cursor or the words: controls, line ends, directions. */
export function escaped(text: string): string {
  return text.replace(
    /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** A text without its middle when it is long; never cuts a character or an escape into two. */
export function shortened(text: string): string {
  if (text.length <= limit) return text;
  const pieces = /\\u[0-9a-f]{4}|\\.|./gsu;
  const half = limit / 2 - 2;
  let start = "";
  for (const [piece] of text.slice(0, limit).matchAll(pieces)) {
    if (start.length + piece.length > half) break;
    start += piece;
  }
  let end = "";
  for (const [piece] of [...text.slice(-4 * limit).matchAll(pieces)].reverse()) {
    if (end.length + piece.length > half) break;
    end = piece + end;
  }
  return `${start}…${end}`;
}
