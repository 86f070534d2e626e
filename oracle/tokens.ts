/**
 * Takes texts apart into tokens, which may be generated, and what is between them: `order-17 of 2026-11-27 10:00:00`.
 */
const tokens =
  /\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?|\d+\.\d+(?!\w)|[\p{L}\p{N}_-]+/gu;

/** The pairs of tokens in which two texts differ; undefined if what is between the tokens is not the same. */
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

/** The text with a placeholder for each token for which `isSoft` is true. */
export const masked = (text: string, isSoft: (token: string) => boolean): string =>
  text.replace(tokens, (token) => (isSoft(token) ? "\0" : token));

export const isNumber = (token: string): boolean => /^-?\d+(\.\d+)?$/.test(token);

/** Whether both are long enough to be random, and at least one has a digit: `x7Qf2k`, not `pending`. */
export const lookRandom = (one: string, two: string): boolean =>
  Math.min(one.length, two.length) >= 6 && /\d/.test(one + two);

/** A number and a text with its digits give the same text. */
export const textOf = (value: unknown): string =>
  typeof value === "string" ? value : (JSON.stringify(value) ?? "");
