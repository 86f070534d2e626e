/**
 * What a search has covered, measured at pairs of statements: two statements of different clients that touch the same
 * table or key, at least one of them writing, were seen in both orders or in one only. A random search that never ran
 * one statement before the other has not looked at what follows from that order. (Race coverage, as in tools for
 * threads: Hong et al., "Testing concurrent programs to achieve high synchronization coverage", ISSTA 2012.)
 */
import { sharedBy, touchesOf } from "./touches.ts";
import type { Trace } from "./trace.ts";

/** A statement of a client. */
export interface Stated {
  readonly client: number;
  readonly statement: string;
}

/** Pairs of statements of different clients that touch the same table or key, at least one of them writing. */
export interface Coverage {
  /** How many pairs of statements met. */
  readonly pairs: number;
  /** Those that were seen in one order only, in that order. */
  readonly oneOrder: readonly (readonly [first: Stated, second: Stated])[];
}

/** Counts the orders in which statements came. */
export class OrdersSeen {
  readonly #seen = new Map<string, readonly [Stated, Stated]>();

  add({ steps }: Trace): void {
    const touches = steps.map(touchesOf);
    for (const [j, second] of steps.entries())
      for (const [i, first] of steps.slice(0, j).entries()) {
        if (first.client === second.client) continue;
        const pair = [stated(first), stated(second)] as const;
        const key = keyOf(...pair);
        if (this.#seen.has(key) || sharedBy(touches[i]!, touches[j]!).length === 0) continue;
        this.#seen.set(key, pair);
      }
  }

  coverage(): Coverage {
    const oneOrder = [...this.#seen.values()].filter(
      ([first, second]) => !this.#seen.has(keyOf(second, first)),
    );
    return { pairs: (this.#seen.size + oneOrder.length) / 2, oneOrder };
  }
}

const keyOf = (first: Stated, second: Stated): string =>
  [first, second].map(({ client, statement }) => `${client} ${statement}`).join("\0");

const stated = ({ client, statement }: Stated): Stated => ({
  client,
  statement: withoutValues(statement),
});

/** The same statement with other values is the same statement; else each generated value would make another pair. */
const withoutValues = (statement: string): string =>
  statement.replaceAll(/'(?:[^']|'')*'|(?<![\w$])\d[\w.-]*/g, "…");
