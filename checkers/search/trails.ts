import type { Cursor } from "./cursor.ts";
import { doubled } from "./grow.ts";

/** What was placed on the way to each place: chains of (earlier, operation, position). */
export class Trails {
  #rows: Int32Array = new Int32Array(3 * 256);
  #count = 0;

  get bytes(): number {
    return 4 * this.#rows.length;
  }

  /** The trail with what the cursor placed since. */
  extend(trail: number, { order, order_at }: Cursor): number {
    let last = trail;
    for (let index = 0; index < order.length; index++) {
      const at = 3 * this.#count;
      if (at + 3 > this.#rows.length) this.#rows = doubled(this.#rows);
      this.#rows[at] = last;
      this.#rows[at + 1] = order[index]!;
      this.#rows[at + 2] = order_at[index]!;
      last = this.#count++;
    }
    return last;
  }

  /** All of a trail, from its start. */
  whole(trail: number): { order: number[]; order_at: number[] } {
    const order: number[] = [];
    const order_at: number[] = [];
    for (let at = trail; at >= 0; at = this.#rows[3 * at]!) {
      order.push(this.#rows[3 * at + 1]!);
      order_at.push(this.#rows[3 * at + 2]!);
    }
    return { order: order.reverse(), order_at: order_at.reverse() };
  }
}
