import { EdnReader } from "./edn.ts";
import { HistoryError } from "./history-error.ts";

/** A shorter line cannot be nested too deep. */
const short = 2_000;
/** A colon that `colons` does not count. */
const far_colon = /"\s+:/;

/**
 * One JSON value from one line, whole numbers of any size exact (large ones as bigint).
 * @throws HistoryError that says what is wrong; its column is Infinity when the text ends too early
 */
export function parseJsonLine(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new HistoryError(jsonTrouble(error), 0, endsTooEarly(error, text) ? Infinity : 0);
  }
  if (text.length < short && !far_colon.test(text) && colons(text) === keysIn(value)) return value;
  // Slower, but it checks large numbers, depth and duplicate keys.
  return new EdnReader(`${text} `, "json").read();
}

/** How many `":` the text has: one after each key, and perhaps some in strings. */
function colons(text: string): number {
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count++;
  return count;
}

/** How many keys there are; NaN when a number may be too large to be exact. */
function keysIn(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))
    return Number.NaN;
  if (typeof value !== "object" || value === null) return 0;
  if (Array.isArray(value)) return value.reduce((count: number, item) => count + keysIn(item), 0);
  let count = 0;
  for (const key in value) {
    const item = (value as Record<string, unknown>)[key];
    count += typeof item === "string" ? 1 : 1 + keysIn(item);
  }
  return count;
}

/** Node's message without the text of the line, which may be long. */
function jsonTrouble(error: unknown): string {
  return String(error)
    .replace(/^SyntaxError: /u, "")
    .replace(/,? ?(\.\.\.)?"[^]*$/u, "")
    .toLowerCase();
}

function endsTooEarly(error: unknown, text: string): boolean {
  const message = String(error);
  if (/Unexpected end|Unterminated string/.test(message)) return true;
  const at = /at position (\d+)/.exec(message)?.[1];
  return at !== undefined && Number(at) >= text.trimEnd().length;
}
