/** Texts as what may be generated in them, and what is between: `order-17 of 2026-11-27 10:00:00`. */
const tokens =
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?|\d+\.\d+(?!\w)|[\p{L}\p{N}_-]+/gu;

/** The pairs of parts in which two texts differ; undefined where the rest of them is not the same. */
export function differingTokens(
  one: string,
  two: string,
): readonly (readonly [string, string])[] | undefined {
  if (one.replace(tokens, "\0") !== two.replace(tokens, "\0")) return undefined;
  const others = two.match(tokens) ?? [];
  return (one.match(tokens) ?? []).flatMap((token, i) =>
    token === others[i] ? [] : [[token, others[i]!] as const],
  );
}

/** The text with a sign in place of the parts that `isSoft` says. */
export const masked = (text: string, isSoft: (token: string) => boolean): string =>
  text.replace(tokens, (token) => (isSoft(token) ? "\0" : token));

export const isNumber = (token: string): boolean => /^-?\d+(\.\d+)?$/.test(token);

/** Long enough to be no word of a language, and with a digit in one of them: `x7Qf2k`, not `pending`. */
export const lookRandom = (one: string, two: string): boolean =>
  Math.min(one.length, two.length) >= 6 && /\d/.test(one + two);

/** A number and its digits are the same. */
export const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");
