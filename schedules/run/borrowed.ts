import type { Borrowing } from "../../backends/backend.ts";

/** How a client stands with one pool. */
export interface Share {
  /** The pool has so many connections at most. */
  readonly size: number;
  waits: number;
  holds: number;
}

/** The connections of pools that one client waits for, or holds. */
export class Borrowed {
  readonly shares: Map<object, Share> = new Map();

  /** How many it holds, of all pools. */
  get held(): number {
    return [...this.shares.values()].reduce((sum, { holds }) => sum + holds, 0);
  }

  borrow(pool: object, size: number): Borrowing {
    const share = this.shares.get(pool) ?? { size, waits: 0, holds: 0 };
    this.shares.set(pool, share);
    share.waits++;
    let counts: "waits" | "holds" | undefined = "waits";
    return {
      lent() {
        share.waits--;
        share.holds++;
        counts = "holds";
      },
      end() {
        if (counts) share[counts]--;
        counts = undefined;
      },
    };
  }
}
