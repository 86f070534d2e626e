/** What a protocol's two sides say to one another, made at random: right dialogues, frame by frame. */
import { randomInt } from "node:crypto";
import type { Wire } from "../../backends/wire.ts";
import type { Random } from "../../matrix/load/random.ts";

/** Frames of the client, and what the server says to them. */
export interface Turn {
  readonly asks: readonly Buffer[];
  readonly answers: readonly Buffer[];
}

export interface Speech {
  readonly wire: Wire;
  /** The log-in, which is never garbled: a door may take out of it what it cannot read. */
  readonly hello: readonly Turn[];
  /** One request with its whole reply, in one turn or in several. */
  exchange(random: Random): readonly Turn[];
}

export const anySeed = (): number => randomInt(2 ** 31);

export const below = (random: Random, end: number): number => Math.floor(random() * end);

export const pick = <T>(random: Random, values: readonly T[]): T =>
  values[below(random, values.length)]!;

export const several = <T>(random: Random, most: number, make: (i: number) => T): T[] =>
  Array.from({ length: below(random, most + 1) }, (_, i) => make(i));

/** Any bytes; mostly few, sometimes more than a socket takes at once. */
export function blob(random: Random): Buffer {
  const is_long = random() < 0.003;
  const bytes = Buffer.alloc(below(random, is_long ? 200_000 : 40));
  for (let at = 0; at < bytes.length; at += is_long ? 97 : 1) bytes[at] = below(random, 256);
  return bytes;
}

/** Letters, digits and what is special in some protocol. */
export const word = (random: Random): string =>
  Array.from({ length: 1 + below(random, 12) }, () => pick(random, letters)).join("");
const letters = "a b c x y z 0 1 9 _ ' : * $ é".split(" ");
