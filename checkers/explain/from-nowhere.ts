import type { Operation } from "../../histories/event.ts";
import { plainText } from "../plain-text.ts";
import type { Never, TakenTooOften } from "./reason.ts";
import type { Source } from "./sources.ts";

/** How many comparisons the search for the pieces of a text may take. */
const comparisons = 10_000_000;

/**
 * A value that the operation saw and that nobody had brought in when it returned, or not often enough.
 * @param all operations of one key, also those that were called later
 * @param init what the model starts with
 */
export function fromNowhere(
  all: readonly Operation[],
  operation: Operation,
  source: Source,
  init: unknown,
): Never | TakenTooOften | undefined {
  const others = all.filter((each) => each !== operation && each.status !== "fail");
  const held = source.held(init);
  for (const value of source.seen(operation)) {
    const text = plainText(value);
    const put = others.filter((each) =>
      source.brought(each).some((one) => plainText(one) === text),
    );
    const by_then = put.filter(({ invoked }) => invoked < operation.returned);
    const at_start = held.filter((one) => one === text).length;
    if (by_then.length + at_start === 0) {
      const later = put.find(({ invoked }) => invoked >= operation.returned);
      return { kind: "never", operation, value, later };
    }
    if (!source.takes) continue;
    const taken = [...others, operation].filter(
      (each) =>
        each.status === "ok" &&
        each.returned <= operation.returned &&
        source.seen(each).some((one) => plainText(one) === text),
    );
    if (taken.length > by_then.length + at_start)
      return { kind: "taken too often", operation, value, put: by_then, atStart: at_start, taken };
  }
  return undefined;
}

/**
 * For texts that are made by `put` and `append`: the first character of the text the operation saw that neither is
 * part of nor begins a piece that anybody had brought in when it returned.
 */
export function pieceFromNowhere(
  all: readonly Operation[],
  operation: Operation,
  init: string,
): Never | undefined {
  const { output } = operation;
  if (typeof output !== "string") return undefined;
  const pieces = new Set<string>();
  for (const { f, input, status, invoked } of all)
    if ((f === "put" || f === "append") && status !== "fail" && invoked < operation.returned)
      pieces.add(String(input));
  pieces.delete("");
  if (pieces.size * output.length > comparisons) return undefined;
  let covered = output.startsWith(init) ? init.length : 0;
  const ends = new Int32Array(output.length + 1);
  for (const piece of pieces)
    for (let at = output.indexOf(piece); at >= 0; at = output.indexOf(piece, at + 1))
      ends[at] = Math.max(ends[at]!, at + piece.length);
  for (let at = 0; at <= covered && at < output.length; at++)
    covered = Math.max(covered, ends[at]!);
  if (covered >= output.length) return undefined;
  for (const piece of pieces) if (piece[0] === output[covered]) return undefined;
  return { kind: "never", operation, value: output, at: covered, later: undefined };
}
