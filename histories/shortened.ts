/**
 * A text that is not longer than `length_max`, for people to read. The middle is left out: a statement's WHERE and
 * FOR UPDATE stand at its end, and say as much as its beginning. No character is cut in two.
 */
export function shortened(text: string, length_max: number): string {
  if (text.length <= length_max) return text;
  const kept = Math.max(0, length_max - 1);
  const begin = text.slice(0, Math.ceil(kept / 2)).replace(/[\ud800-\udbff]$/, "");
  const end = kept < 2 ? "" : text.slice(-Math.floor(kept / 2)).replace(/^[\udc00-\udfff]/, "");
  return `${begin}…${end}`;
}

/** A statement is shortened when it is longer than this. */
const statement_length_max = 200;

/** A statement as it is shown; a trace has the whole statement. */
export const shownStatement = (statement: string): string =>
  shortened(withVisibleBreaks(statement), statement_length_max);

/** A key or value that has several lines would break the sentence that names it. */
export const withVisibleBreaks = (text: string): string => text.replaceAll("\n", "␊");
