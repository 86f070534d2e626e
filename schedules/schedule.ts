/**
 * A schedule is plain data: who goes next, and what goes wrong. Every list of natural numbers is a valid one, so
 * schedules can be generated, shrunk, and written down in a token.
 */

import { isEndByServer } from "../backends/possible-errors.ts";

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
  | { readonly kind: "expire"; readonly client: number; readonly step: number }
  /** It meets this error, if it can: the server's own code, or a lost connection (`closed before`). */
  | {
      readonly kind: "error";
      readonly client: number;
      readonly step: number;
      readonly error: string;
    };

/** How a connection is lost: before the request comes, or after its work; in order (FIN) or with a reset (RST). */
type Loss = "closed before" | "reset before" | "closed after" | "reset after" | "refused";

const losses = new Set<string>([
  "closed before",
  "reset before",
  "closed after",
  "reset after",
  // Lost before; and the next attempt to connect fails, too, as while a server restarts.
  "refused",
] satisfies Loss[]);

/** Those that a search puts in. The others differ only in the words of the driver. */
export const explored_losses: readonly Loss[] = ["closed before", "reset after", "refused"];

/** Whether the error is a lost connection, and not the server's own. */
export const isLoss = (error: string): boolean => losses.has(error);

/** Whether the connection is gone after this error, so that the client cannot know what was done. */
export const endsConnection = (error: string): boolean => isLoss(error) || isEndByServer(error);

/** What a search can put in: a kind of fault, at every step; or `errors`, each one that the step can meet. */
export type FaultWish = Exclude<Fault["kind"], "error"> | "errors";

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
