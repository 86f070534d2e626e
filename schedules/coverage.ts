/**
 * What a search has covered, measured at pairs of statements: two statements of different clients that touch the same
 * table or key, at least one of them writing, were seen in both orders or in one only. A random search that never ran
 * one statement before the other has not looked at what follows from that order. (Race coverage, as in tools for
 * threads: Hong et al., "Testing concurrent programs to achieve high synchronization coverage", ISSTA 2012.)
 */
import { sharedBy, type Touch, touchesOf } from "./touches.ts";
import type { Trace, TraceStep } from "./trace.ts";

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

/** A statement, and what it touches. */
interface Read extends Stated {
  readonly touches: readonly Touch[];
}

/** With generated values in them there is no end of statements. */
const read_max = 1_000;

/** Counts the orders in which statements came. */
export class OrdersSeen {
  readonly #seen = new Map<string, readonly [Stated, Stated]>();
  /** Schedules have mostly the same statements. */
  #read = new Map<string, Read>();

  add({ steps }: Trace): void {
    const all = steps
      .map((step) => this.#readOnce(step))
      .filter(({ touches }) => touches.length > 0);
    for (const [j, second] of all.entries())
      for (const first of all.slice(0, j)) {
        if (first.client === second.client) continue;
        const key = keyOf(first, second);
        if (this.#seen.has(key) || sharedBy(first.touches, second.touches).length === 0) continue;
        this.#seen.set(key, [first, second].map(stated) as [Stated, Stated]);
      }
  }

  #readOnce(step: TraceStep): Read {
    const key = `${step.client} ${step.kind} ${step.statement}`;
    let read = this.#read.get(key);
    if (read === undefined) {
      if (this.#read.size === read_max) this.#read = new Map();
      const { client, statement } = step;
      read = { client, statement: withoutValues(statement), touches: touchesOf(step) };
      this.#read.set(key, read);
    }
    return read;
  }

  coverage(): Coverage {
    const oneOrder = [...this.#seen.values()].filter(
      ([first, second]) => !this.#seen.has(keyOf(second, first)),
    );
    return { pairs: (this.#seen.size + oneOrder.length) / 2, oneOrder };
  }
}

const keyOf = (first: Stated, second: Stated): string =>
  `${first.client} ${first.statement}\0${second.client} ${second.statement}`;

const stated = ({ client, statement }: Stated): Stated => ({ client, statement });

/** The same statement with other values is the same statement; else each generated value would make another pair. */
const withoutValues = (statement: string): string =>
  statement.replaceAll(/'(?:[^']|'')*'|(?<![\w$])\d[\w.-]*/g, "…");
