import type { Operation } from "../../histories/event.ts";
import type { Call, Model } from "../model.ts";
import { plainText } from "../plain-text.ts";

/**
 * One key's history in numbers, for the search. Operations that look alike share a class.
 * Left out: what failed, and observations that crashed (they tell nothing).
 */
export interface Problem {
  /** Those that are `ok` must be placed, the others (`info`) may be. In the order of their invokes. */
  readonly operations: readonly Operation[];
  /** In their order: `o` is the call of operation o, `~o` its return. `info` operations do not return. */
  readonly events: Int32Array;
  readonly class_of: Int32Array;
  readonly calls: readonly Call[];
  /** By class: what the model says about it. */
  readonly observes: Uint8Array;
  readonly overwrites: Uint8Array;
  /** By class: whether it returns but need not be placed. */
  readonly optional: Uint8Array;
  /** By operation: its bit in the sets, free again after its return; -1 for `info` ones. */
  readonly slot_of: Int32Array;
  /** By operation: the one that had its slot before, or -1. */
  readonly before_in_slot: Int32Array;
  /** By operation: where in `events` it is called, and returns (the number of events for `info`). */
  readonly called_at: Int32Array;
  readonly returned_at: Int32Array;
  /** How many slots there are: as many as operations were ever open at once. */
  readonly slots: number;
}

/**
 * @param all operations of one key, in the order of their invokes
 * @param optional those of them that may be left out
 */
export function toProblem<State>(
  all: readonly Operation[],
  model: Model<State>,
  optional: ReadonlySet<Operation> = new Set(),
): Problem {
  const operations: Operation[] = [];
  const classes: number[] = [];
  const calls: Call[] = [];
  const observes: number[] = [];
  const overwrites: number[] = [];
  const optional_classes: number[] = [];
  const numbers = new Map<string, number>();
  for (const operation of all) {
    if (operation.status === "fail") continue;
    const { f, input, output, status } = operation;
    let call: Call = { f, input, output: status === "ok" ? output : undefined };
    const writes = model.overwrites?.(call) === true;
    if (writes) call = { f, input, output: undefined };
    const observing = model.observes?.(call) === true;
    const may_go = status === "ok" && optional.has(operation);
    if (observing && (may_go || status === "info")) continue;
    const text = `${may_go ? "optional " : ""}${f} ${plainText(input)} ${plainText(call.output)}`;
    let number = numbers.get(text);
    if (number === undefined) {
      number = calls.length;
      numbers.set(text, number);
      calls.push(call);
      observes.push(observing ? 1 : 0);
      overwrites.push(writes ? 1 : 0);
      optional_classes.push(may_go ? 1 : 0);
    }
    operations.push(operation);
    classes.push(number);
  }
  return {
    operations,
    class_of: Int32Array.from(classes),
    calls,
    observes: Uint8Array.from(observes),
    overwrites: Uint8Array.from(overwrites),
    optional: Uint8Array.from(optional_classes),
    ...layOut(operations),
  };
}

type Layout = Pick<
  Problem,
  "events" | "slot_of" | "before_in_slot" | "called_at" | "returned_at" | "slots"
>;

function layOut(operations: readonly Operation[]): Layout {
  const count = operations.length;
  const returning = operations
    .map((_, index) => index)
    .filter((index) => operations[index]!.status === "ok")
    .sort((a, b) => operations[a]!.returned - operations[b]!.returned);
  const events = new Int32Array(count + returning.length);
  const slot_of = new Int32Array(count).fill(-1);
  const before_in_slot = new Int32Array(count).fill(-1);
  const called_at = new Int32Array(count);
  const returned_at = new Int32Array(count).fill(events.length);
  const last_in_slot: number[] = [];
  const free_slots: number[] = [];
  let at = 0;
  let next_return = 0;
  const takeReturnsBefore = (time: number): void => {
    for (; next_return < returning.length; next_return++) {
      const operation = returning[next_return]!;
      if (operations[operation]!.returned >= time) return; // in a tie the call comes first
      free_slots.push(slot_of[operation]!);
      returned_at[operation] = at;
      events[at++] = ~operation;
    }
  };
  for (let operation = 0; operation < count; operation++) {
    takeReturnsBefore(operations[operation]!.invoked);
    if (operations[operation]!.status === "ok") {
      const slot = free_slots.pop() ?? last_in_slot.length;
      before_in_slot[operation] = last_in_slot[slot] ?? -1;
      last_in_slot[slot] = operation;
      slot_of[operation] = slot;
    }
    called_at[operation] = at;
    events[at++] = operation;
  }
  takeReturnsBefore(Number.POSITIVE_INFINITY);
  return { events, slot_of, before_in_slot, called_at, returned_at, slots: last_in_slot.length };
}
