/**
 * Patterns of values that are different in every run: UUIDs, times, times in seconds or smaller units, long random
 * words.
 */
const patterns: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "uuid"],
  [/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)?/g, "time"],
  [/\b(1[5-9]\d{8}|2[01]\d{8}|\d{13,})\b/g, "number"],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{16,}\b/gi, "hex"],
];

/** A text with names in place of values that look generated. */
export function nameGenerated(
  text: string,
  nameOf: (kind: string, value: string) => string,
): string {
  return patterns.reduce((t, [at, kind]) => t.replace(at, (value) => nameOf(kind, value)), text);
}

/** A text without values that look generated. */
export function withoutGenerated(text: string): string {
  return nameGenerated(text, (kind) => `<${kind}>`);
}
