import type { Operation } from "../../histories/event.ts";
import type { FromNowhere } from "./finding.ts";

/** With texts of more different lengths than this, the search for pieces would take too long. */
const most_lengths = 64;

/**
 * A text that a `get` answered though it cannot be put together. Every text is what was there at the start or was
 * put, followed by texts that were appended, all of them by operations that did not fail. The texts are gone through
 * in alphabetical order, so that what one has in common with the previous one is looked at only once.
 */
export function textFromNowhere(
  operations: readonly Operation[],
  initial: string,
): FromNowhere | undefined {
  const happened = operations.filter(({ status }) => status !== "fail");
  const inputs = (name: string): string[] =>
    happened.filter(({ f }) => f === name).map(({ input }) => String(input));
  const emptied = happened.some(({ f }) => f === "delete") ? [""] : [];
  const starts = new Set([initial, ...emptied, ...inputs("put")]);
  const appends = new Set(inputs("append"));
  const start_lengths = new Set([...starts].map(({ length }) => length));
  const append_lengths = [...new Set([...appends].map(({ length }) => length))];
  if (append_lengths.length > most_lengths) return undefined;
  const gets = happened
    .filter(({ f, status, output }) => f === "get" && status === "ok" && typeof output === "string")
    .sort((one, other) => (String(one.output) < String(other.output) ? -1 : 1));
  let before = "";
  /** By length: whether the text's beginning of that length can be put together. */
  const possible: boolean[] = [starts.has("")];
  for (const blocked of gets) {
    const text = String(blocked.output);
    for (let length = common(before, text) + 1; length <= text.length; length++)
      possible[length] =
        (start_lengths.has(length) && starts.has(text.slice(0, length))) ||
        append_lengths.some(
          (last) =>
            possible[length - last] === true && appends.has(text.slice(length - last, length)),
        );
    before = text;
    if (possible[text.length] === true) continue;
    const part = ({ f, input }: Operation): boolean => f !== "get" && text.includes(String(input));
    return { operations: happened.filter((each) => each === blocked || part(each)), blocked };
  }
  return undefined;
}

function common(one: string, other: string): number {
  const most = Math.min(one.length, other.length);
  let length = 0;
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length++;
  return length;
}
