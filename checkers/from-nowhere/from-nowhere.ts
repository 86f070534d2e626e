import type { Operation } from "../../histories/event.ts";
import { plainText } from "../plain-text.ts";
import { counterOutOfReach } from "./counter.ts";
import type { FromNowhere } from "./finding.ts";
import { textFromNowhere } from "./text.ts";
import { type Traffic, traffic } from "./traffic.ts";

/**
 * A value that was seen though nobody had put it there, in O(n) before any search. The search would call such a
 * history impossible only after trying all orders of everything that comes before.
 *
 * Proof. A state of these models holds only what it started with and what earlier operations of the order put in.
 * Those were called before the operation that sees the value returned. So if all operations that could put it in
 * failed, or were called after that, no order is legal. The same holds for any part of the history that keeps all of
 * them: such a part is the evidence. From a container every item is taken out at most as often as it was put in.
 * Sums, and texts made of parts, have counter.ts and text.ts. When nothing is found, that proves nothing.
 *
 * @param model one of ours; undefined for any other
 * @param operations of one key
 * @param init the model's first state
 */
export function fromNowhere(
  model: string,
  operations: readonly Operation[],
  init: unknown,
): FromNowhere | undefined {
  if (model === "counter") return counterOutOfReach(operations, Number(init));
  if (model === "kv") return textFromNowhere(operations, typeof init === "string" ? init : "");
  const known = traffic[model];
  return known === undefined ? undefined : valueFromNowhere(operations, known, init);
}

interface Holders {
  first_called: number;
  puts: number;
  takes: number;
}

function valueFromNowhere(
  operations: readonly Operation[],
  { starts, puts, sees, takes_out }: Traffic,
  init: unknown,
): FromNowhere | undefined {
  const values = new Map<string, Holders>();
  const put = (text: string, called: number): void => {
    const holders = values.get(text);
    if (holders === undefined) values.set(text, { first_called: called, puts: 1, takes: 0 });
    else holders.puts++;
  };
  for (const value of starts(init)) put(value, Number.NEGATIVE_INFINITY);
  for (const operation of operations)
    if (operation.status !== "fail")
      for (const value of puts(operation)) put(plainText(value), operation.invoked);
  for (const blocked of operations) {
    if (blocked.status !== "ok") continue;
    for (const value of sees(blocked, init)) {
      const text = plainText(value);
      const holders = values.get(text);
      const late = holders === undefined || holders.first_called > blocked.returned;
      if (holders !== undefined) holders.takes++;
      if (!late && !(takes_out && holders.takes > holders.puts)) continue;
      return { operations: operations.filter((each) => touches(each, text)), blocked };
    }
  }
  return undefined;

  function touches(operation: Operation, text: string): boolean {
    if (operation.status === "fail") return false;
    const is = (value: unknown): boolean => plainText(value) === text;
    if (puts(operation).some(is)) return true;
    return operation.status === "ok" && sees(operation, init).some(is);
  }
}
