import type { Turn } from "../schedules/schedule.ts";
import { interleavings } from "../schedules/tally.ts";

/** Operations one after the other. */
export type Order = readonly Turn[];

/** More orders than this would take longer than the schedules. */
export const orders_max = 24;

/**
 * All orders in which the operations can follow one another: first those with all operations, then those in which some
 * are absent, down to none.
 * @param operations how many each client does
 * @returns undefined if more than `orders_max` have all operations
 */
export function serialOrders(operations: readonly number[]): Order[] | undefined {
  if (interleavings(operations) > orders_max) return undefined;
  return ordersFrom([], operations).toSorted((a, b) => b.length - a.length);
}

/** A client's operations keep their order, and any of them may be left out. */
function ordersFrom(begun: Order, operations: readonly number[]): Order[] {
  const longer = operations.flatMap((count, i) => {
    const client = i + 1;
    const last = begun.findLast((turn) => turn.client === client)?.operation ?? 0;
    return Array.from(
      { length: count - last },
      (_, n): Order => [...begun, { client, operation: last + n + 1 }],
    ).flatMap((order) => ordersFrom(order, operations));
  });
  return [begun, ...longer];
}

/** `client 1, then client 2`. */
export function orderInWords(order: Order): string {
  const many = order.some(({ operation }) => operation > 1);
  const words = order.map((turn) => turnInWords(turn, many));
  return words.length === 0 ? "none of the clients" : words.join(", then ");
}

export const turnInWords = ({ client, operation }: Turn, many: boolean): string =>
  many ? `client ${client}'s operation ${operation}` : `client ${client}`;
