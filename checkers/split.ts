import type { Operation } from "../histories/event.ts";
import { plainText } from "./plain-text.ts";

/**
 * The operations of one key in independent parts, where our model allows it: the operations of a
 * set that name one element, as long as nobody reads the whole set. Each element is then an object of its own, and a
 * history is linearizable if and only if that of each object is (Herlihy & Wing 1990: linearizability is local).
 */
export function split(model: string, operations: readonly Operation[]): readonly Operation[][] {
  const whole = [[...operations]];
  if (model !== "set" && model !== "set-with-answers") return whole;
  const parts = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.status === "fail") continue;
    if (operation.f === "read") {
      if (operation.status === "ok") return whole;
      continue; // a crashed read tells nothing
    }
    const element = plainText(operation.input);
    const part = parts.get(element);
    if (part === undefined) parts.set(element, [operation]);
    else part.push(operation);
  }
  return [...parts.values()];
}
