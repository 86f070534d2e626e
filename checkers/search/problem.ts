import type { Operation } from "../../histories/event.ts";
import { byReturn } from "../by-return.ts";
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
  const classes = new Int32Array(all.length);
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
  const alike = new Alike(classOf);
  for (const operation of all) {
    if (operation.status === "fail") continue;
    const may_go = optional.size > 0 && operation.status === "ok" && optional.has(operation);
    const of_class = alike.classOf(operation, may_go);
    if (of_class === left_out) continue;
    classes[operations.length] = of_class;
    operations.push(operation);
  }
  return {
    operations,
    class_of: classes.subarray(0, operations.length),
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

/**
 * Numbers the classes of operations that look alike. Only values that are objects have to be turned into text for
 * that.
 */
class Alike {
  /** By what kind of call it is, then by its input, then by its answer. */
  readonly #kinds = new Map<string, Map<unknown, Map<unknown, number>>[]>();

  readonly #ask: (operation: Operation, may_go: boolean) => number;

  /** @param ask the class of an operation of which nothing that looks alike came before */
  constructor(ask: (operation: Operation, may_go: boolean) => number) {
    this.#ask = ask;
  }

  classOf(operation: Operation, may_go: boolean): number {
    const { f, input, output, status } = operation;
    const told = status === "ok" ? output : undefined;
    const [text_in, text_out] = [isObject(input), isObject(told)];
    const kind =
      (status === "info" ? 1 : 0) + (may_go ? 2 : 0) + (text_in ? 4 : 0) + (text_out ? 8 : 0);
    let kinds = this.#kinds.get(f);
    if (kinds === undefined) this.#kinds.set(f, (kinds = []));
    const inputs = (kinds[kind] ??= new Map<unknown, Map<unknown, number>>());
    const given = text_in ? plainText(input) : input;
    let answers = inputs.get(given);
    if (answers === undefined) inputs.set(given, (answers = new Map<unknown, number>()));
    const answer = text_out ? plainText(told) : told;
    let of_class = answers.get(answer);
    if (of_class === undefined) answers.set(answer, (of_class = this.#ask(operation, may_go)));
    return of_class;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

type Layout = Pick<
  Problem,
  "events" | "slot_of" | "before_in_slot" | "called_at" | "returned_at" | "slots"
>;

function layOut(operations: readonly Operation[]): Layout {
  const count = operations.length;
  const returning = byReturn(operations);
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
