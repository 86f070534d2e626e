import type { Operation } from "../../histories/event.ts";
import type { Call, Model } from "../model.ts";
import { plainText } from "../plain-text.ts";

/**
 * One key's history as numbers, for the search. Operations that look alike share a class.
 * Left out: what failed, and observations that crashed (they tell nothing).
 */
export interface Problem {
  /** `ok` operations must be placed, the others (`info`) may be. In the order of their invokes. */
  readonly operations: readonly Operation[];
  /**
   * Calls and returns in their order: `o` is the call of operation o, `~o` its return. `info` operations do not
   * return.
   */
  readonly events: Int32Array;
  readonly class_of: Int32Array;
  readonly calls: readonly Call[];
  /** By class: what the model says about it. */
  readonly observes: Uint8Array;
  readonly overwrites: Uint8Array;
  /** By class: the one part of the state that it sets, whatever its value was; -1 if there is no such part. */
  readonly part_of: Int32Array;
  /** By class: whether it returns but need not be placed. */
  readonly optional: Uint8Array;
  /** By operation: its bit in the sets of open operations, free again after its return; -1 for `info` ones. */
  readonly slot_of: Int32Array;
  /** By operation: the one that had its slot before, or -1. */
  readonly before_in_slot: Int32Array;
  /** By operation: where in `events` it is called, and returns (the number of events for `info`). */
  readonly called_at: Int32Array;
  readonly returned_at: Int32Array;
  /** The number of slots: the most operations that were ever open at once. */
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
  const parts: number[] = [];
  const optional_classes: number[] = [];
  const numbers = new Map<string, number>();
  const part_numbers = new Map<string, number>();
  /** The number of a class, or `left_out`. */
  const classOf = ({ f, input, output, status }: Operation, may_go: boolean): number => {
    let call: Call = { f, input, output: status === "ok" ? output : undefined };
    const writes = model.overwrites?.(call) === true;
    const part = writes ? undefined : model.part?.(call);
    if (writes || part !== undefined) call = { f, input, output: undefined };
    const observing = model.observes?.(call) === true;
    if (observing && (may_go || status === "info")) return left_out;
    const text = `${may_go ? "optional " : ""}${f} ${plainText(input)} ${plainText(call.output)}`;
    const known = numbers.get(text);
    if (known !== undefined) return known;
    numbers.set(text, calls.length);
    observes.push(observing ? 1 : 0);
    overwrites.push(writes ? 1 : 0);
    parts.push(part === undefined ? -1 : numberOf(part, part_numbers));
    optional_classes.push(may_go ? 1 : 0);
    return calls.push(call) - 1;
  };
  const alike = new Alike();
  for (const operation of all) {
    if (operation.status === "fail") continue;
    const may_go = operation.status === "ok" && optional.has(operation);
    const of_class = alike.once(operation, may_go, () => classOf(operation, may_go));
    if (of_class === left_out) continue;
    operations.push(operation);
    classes.push(of_class);
  }
  return {
    operations,
    class_of: Int32Array.from(classes),
    calls,
    observes: Uint8Array.from(observes),
    overwrites: Uint8Array.from(overwrites),
    part_of: Int32Array.from(parts),
    optional: Uint8Array.from(optional_classes),
    ...layOut(operations),
  };
}

const left_out = -1;

function numberOf(name: unknown, numbers: Map<unknown, number>): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbers.size);
  return numbers.size - 1;
}

/** More than the number of different values can ever be. */
const most_values = 2 ** 25;

/**
 * Numbers the classes of operations that look alike. Only values that are objects have to be turned into text for
 * that.
 */
class Alike {
  readonly #names = new Map<unknown, number>();
  readonly #values = new Map<unknown, number>();
  readonly #objects = new Map<unknown, number>();
  readonly #pairs = new Map<unknown, number>();
  readonly #answers = new Map<number, number>();

  once({ f, input, output, status }: Operation, may_go: boolean, ask: () => number): number {
    const kind = 4 * numberOf(f, this.#names) + (status === "info" ? 1 : 0) + (may_go ? 2 : 0);
    const pair = numberOf(kind * 2 * most_values + this.#value(input), this.#pairs);
    const told = status === "ok" ? this.#value(output) : 0;
    const key = pair * 2 * most_values + told;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = ask();
    this.#answers.set(key, answer);
    return answer;
  }

  #value(value: unknown): number {
    if (typeof value !== "object" || value === null) return 2 * numberOf(value, this.#values);
    return 2 * numberOf(plainText(value), this.#objects) + 1;
  }
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
      if (operations[operation]!.returned >= time) return; // at equal times the call comes first
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
