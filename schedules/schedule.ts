/**
 * A schedule is plain data: who goes next, and what goes wrong. Every list of natural numbers is a valid one, so
 * schedules can be generated, shrunk, and written down in a token.
 */

/** Something that goes wrong at the `step`-th step of client `client` (both from 1). */
export type Fault =
  /** The server does the work, the client sees its driver's own connection error. */
  | { readonly kind: "lose reply"; readonly client: number; readonly step: number }
  /** The client stops for ever before this step; its connection closes, or stays open and holds its locks. */
  | {
      readonly kind: "die";
      readonly client: number;
      readonly step: number;
      readonly connection: "closes" | "stays";
    }
  /** A lock that has a time to live (a key in Redis) expires before this step. */
  | { readonly kind: "expire"; readonly client: number; readonly step: number };

export interface Schedule {
  /**
   * One number for every point where more than one client can go: 0 = the client that went last goes
   * on (or the lowest one that can), k = the k-th other client that can, by number. Numbers too large
   * wrap around; a list too short goes on with zeros. All zeros is the serial run.
   */
  readonly choices: readonly number[];
  readonly faults: readonly Fault[];
}

/** The clients that can go in the order that choices count them: first the one that went last. */
export function ranked(can_go: readonly number[], last: number | undefined): number[] {
  const sorted = [...can_go].sort((a, b) => a - b);
  if (last === undefined || !sorted.includes(last)) return sorted;
  return [last, ...sorted.filter((client) => client !== last)];
}

/** How often a client that could have gone on is interrupted. */
export function contextSwitches(choices: readonly number[]): number {
  return choices.filter((choice) => choice !== 0).length;
}

/** The same schedule without the zeros at its end, which say nothing. */
export function trimmed(choices: readonly number[]): number[] {
  let length = choices.length;
  while (length > 0 && choices[length - 1] === 0) length--;
  return choices.slice(0, length);
}

/** One operation of one client, both from 1. */
export interface Turn {
  readonly client: number;
  readonly operation: number;
}
