/**
 * The serial orders are the oracle: what the clients do one after the other, in whatever order, is right. An
 * interleaving that ends like none of them is a race, and nobody had to write a check
 * (as in Lincheck: Koval et al., "Lincheck: A Practical Framework for Testing Concurrent Data Structures", 2023).
 */
import { CheckFailed, type Outcome } from "../schedules/program.ts";
import type { PickNext } from "../schedules/run/runner.ts";
import { outputTexts } from "../schedules/trace.ts";

/** More orders than this would take longer than the schedules. */
export const orders_max = 24;

/** All ways in which so many operations of each client can follow one another; undefined = more than `orders_max`. */
export function serialOrders(operations: readonly number[]): number[][] | undefined {
  let orders: number[][] = [[]];
  const length = operations.reduce((sum, count) => sum + count, 0);
  for (let at = 0; at < length; at++) {
    orders = orders.flatMap((order) =>
      operations.flatMap((count, i) =>
        order.filter((client) => client === i + 1).length < count ? [[...order, i + 1]] : [],
      ),
    );
    if (orders.length > orders_max) return undefined;
  }
  return orders;
}

/** Lets the clients go one after the other: an operation ends before the next one begins. */
export function inOrder(order: readonly number[]): PickNext {
  return ({ candidates, steps }) => {
    const returned = new Map<number, number>();
    for (const { client, returns } of steps)
      if (returns) returned.set(client, (returned.get(client) ?? 0) + 1);
    for (const client of order) {
      const left = returned.get(client) ?? 0;
      if (left > 0) returned.set(client, left - 1);
      else
        return Math.max(
          0,
          candidates.findIndex((one) => one.client === client),
        );
    }
    return 0;
  };
}

/** How the operations of one schedule ended, and what they left. */
interface Ended {
  readonly results: readonly string[];
  readonly left: ReadonlyMap<string, string>;
}

/** Says what a table or a key holds, for people. */
export type Show = (what: string) => Promise<string>;

/** What the serial orders came to. */
export class SerialOutcomes {
  readonly #known: {
    readonly order: readonly number[];
    readonly ended: Ended;
    readonly shown: ReadonlyMap<string, string>;
  }[] = [];

  /** @returns how it differs from the outcome of the same order before, if it does */
  async add(order: readonly number[], outcome: Outcome, show: Show): Promise<string | undefined> {
    const ended = endedOf(outcome);
    const before = this.#known.find((known) => known.order.join() === order.join());
    const shown = new Map<string, string>();
    for (const what of ended.left.keys()) shown.set(what, await show(what));
    this.#known.push({ order, ended, shown });
    const other = before && differenceOf(before.ended, ended);
    return other && (await this.#inWords(before.shown, ended, other, show));
  }

  /** @throws CheckFailed when no serial order ends like this */
  async judge(outcome: Outcome, show: Show): Promise<void> {
    const ended = endedOf(outcome);
    const told: string[] = [];
    for (const { order, ended: serial, shown } of this.#known) {
      const other = differenceOf(serial, ended);
      if (other === undefined) return;
      const first = order.map((client) => `client ${client}`).join(", then ");
      told.push(`  ${first}: ${await this.#inWords(shown, ended, other, show)}`);
    }
    throw new CheckFailed(
      "unlike any serial order",
      `one after the other the clients never end like this:\n${told.join("\n")}`,
    );
  }

  async #inWords(
    shown: ReadonlyMap<string, string>,
    now: Ended,
    { result, what }: Difference,
    show: Show,
  ): Promise<string> {
    if (result) return `${result.serial}, here ${result.now}`;
    const rows = now.left.has(what) ? await show(what) : "nothing";
    return `${what} has ${shown.get(what) ?? "nothing"}, here ${rows}`;
  }
}

function endedOf({ trace, left = new Map() }: Outcome): Ended {
  const outputs = outputTexts(trace.results);
  return {
    results: trace.results.map(({ client, operation, status, code = "" }, i) => {
      const which = trace.operations[client - 1] === 1 ? "" : `'s operation ${operation}`;
      const printed = outputs[i] === '""' ? "nothing" : outputs[i];
      const how = status === "ok" ? `printed ${printed}` : `ended with ${code}`;
      return `client ${client}${which} ${how}`;
    }),
    left: new Map([...left].map(([what, { rows, checksum }]) => [what, `${rows} ${checksum}`])),
  };
}

/** The first thing that differs: what a client printed, or what a table holds. */
interface Difference {
  readonly result?: { readonly serial: string; readonly now: string };
  readonly what: string;
}

function differenceOf(serial: Ended, now: Ended): Difference | undefined {
  for (const [i, text] of serial.results.entries()) {
    const other = now.results[i] ?? "nothing";
    if (text !== other) return { result: { serial: text, now: other }, what: "" };
  }
  for (const what of new Set([...serial.left.keys(), ...now.left.keys()]))
    if (serial.left.get(what) !== now.left.get(what)) return { what };
  return undefined;
}
