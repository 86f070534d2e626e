/**
 * Nobody has to say which values are generated: they are among those that differ when the same order is run again. But
 * not every value that differs is generated, or a balance of 40 would count as the same as one of 60. A pair of values
 * counts as generated only if it is in a column with a sequence, or is a pair of numbers that such a column has, too;
 * if both are times; or if both are words long enough to be random. Any other difference means that the program, or its
 * set-up, does not do the same every time.
 */
import { movedWithClock } from "./clock.ts";
import type { Ended } from "./ended.ts";
import { type Differing, differingPlaces } from "./pairs.ts";
import { areSame } from "./same.ts";
import { type Soft, walk } from "./soft.ts";
import { learnTimes } from "./times.ts";
import { differingTokens, isNumber, lookRandom, textOf } from "./tokens.ts";

/**
 * Learns from two runs of the same order.
 * @returns the first place in which they differ although nothing there looks generated
 */
export function learn(soft: Soft, one: Ended, two: Ended): Differing | undefined {
  soft.know(one);
  learnTimes(soft, one, two);
  const answers = one.answers.map((answer, i) => [answer, two.answers[i]!] as const);
  const places = differingPlaces(soft, one, two, answers);
  const of_sequences = new Set(
    places
      .filter(({ path }) => soft.sequenceAt(path) !== undefined)
      .map(({ one: a, two: b }) => `${textOf(a)} ${textOf(b)}`),
  );
  for (const place of places) {
    const { path, one: a, two: b } = place;
    if (soft.sequenceAt(path) !== undefined && !isNothing(a) && !isNothing(b)) continue;
    if (isNothing(a) || isNothing(b) || typeof a === "object" || typeof b === "object")
      return place;
    const kind = kindOf(textOf(a), textOf(b), one, two, of_sequences);
    if (kind === "other") return place;
    if (kind === "generated") soft.varies.add(path);
  }
  keepWhatStays(soft, one, two);
  return areSame(soft, one, two, answers) === false ? places[0] : undefined;
}

/** Values that set-up alone writes are never renamed: otherwise two accounts could pass for one. */
export function keepSetUp(soft: Soft, one: Ended, two: Ended): void {
  keepCommon(soft, one, two, (path) => soft.sequenceAt(path) !== undefined);
}

function keepWhatStays(soft: Soft, one: Ended, two: Ended): void {
  keepCommon(soft, one, two, (path) => soft.varies.has(path));
}

function keepCommon(soft: Soft, one: Ended, two: Ended, isAsked: (path: string) => boolean): void {
  const seen = new Set<string>();
  walk(one, (path, value) => {
    if (isAsked(path)) seen.add(`${path}\0${value}`);
  });
  walk(two, (path, value) => {
    if (seen.has(`${path}\0${value}`)) soft.keepSteady(path, [value]);
  });
}

function kindOf(
  a: string,
  b: string,
  one: Ended,
  two: Ended,
  of_sequences: ReadonlySet<string>,
): "time" | "generated" | "other" {
  const tokens = differingTokens(a, b);
  if (tokens === undefined) return !/\s/.test(a + b) && lookRandom(a, b) ? "generated" : "other";
  let kind: "time" | "generated" = "time";
  for (const [x, y] of tokens) {
    if (movedWithClock(x, y, one, two)) continue;
    const is_linked = isNumber(x) && isNumber(y) && of_sequences.has(`${x} ${y}`);
    if (!is_linked && !lookRandom(x, y)) return "other";
    kind = "generated";
  }
  return kind;
}

const isNothing = (value: unknown): boolean => value === null || value === undefined;
