import type { Call, Model } from "../model.ts";
import { plainText } from "../plain-text.ts";

/** Elements per character. */
const bits = 8;

/** A call, in bits. */
interface Packed {
  readonly f: string;
  /** The index of the character that has the bit of the element that the call names. */
  readonly at: number;
  readonly bit: number;
  /** The state that a read saw, when it saw one. */
  readonly read: string | undefined;
}

/**
 * The same set, for certain calls only: a state is a text with one bit for each element that they name. A search
 * compares and keeps thousands of states, each with up to thousands of elements.
 * @param calls the calls that may happen
 * @param answers whether adds and removes answer if the element was there
 */
export function packedSet(
  init: ReadonlySet<string>,
  calls: readonly Call[],
  answers: boolean,
): Pick<Model<string>, "init" | "step" | "leads"> {
  const numbers = new Map<string, number>();
  const elements = (list: unknown): string[] => (list as unknown[]).map(plainText);
  const add = (element: string): unknown =>
    numbers.has(element) || numbers.set(element, numbers.size);
  for (const element of init) add(element);
  for (const { f, input, output } of calls)
    if (f !== "read") add(plainText(input));
    else if (output !== undefined) elements(output).forEach(add);
  const codes = new Uint8Array(Math.ceil(numbers.size / bits));
  const stateOf = (some: Iterable<string>): string => {
    codes.fill(0);
    for (const element of some) {
      const number = numbers.get(element)!;
      codes[Math.floor(number / bits)]! |= 1 << (number % bits);
    }
    return Buffer.from(codes).toString("latin1");
  };
  const packed = new Map<Call, Packed>();
  for (const call of calls) {
    const { f, input, output } = call;
    const number = f === "read" ? 0 : numbers.get(plainText(input))!;
    const read = f === "read" && output !== undefined ? stateOf(elements(output)) : undefined;
    packed.set(call, { f, at: Math.floor(number / bits), bit: 1 << (number % bits), read });
  }
  return {
    init: stateOf(init),
    step(state, call) {
      const { f, at, bit, read } = packed.get(call)!;
      if (f === "read") return read === undefined || read === state ? state : undefined;
      const { output } = call;
      const code = state.charCodeAt(at);
      const there = (code & bit) !== 0;
      if (f === "contains") return output === undefined || output === there ? state : undefined;
      const before = f === "remove";
      if (answers && typeof output === "boolean" && output !== (there === before)) return undefined;
      if (there !== before) return state;
      return flipped(state, at, bit);
    },
    leads(state, open, target) {
      const { at, bit, read } = packed.get(target)!;
      const wanted = read ?? flipped(state, at, bit);
      let now = state;
      const row: number[] = [];
      for (const [index, call] of open.entries()) {
        const one = packed.get(call)!;
        const there = (wanted.charCodeAt(one.at) & one.bit) !== 0;
        if (there === ((now.charCodeAt(one.at) & one.bit) !== 0) || there !== (one.f === "add"))
          continue;
        row.push(index);
        now = flipped(now, one.at, one.bit);
      }
      return now === wanted ? [row] : [];
    },
  };
}

function flipped(state: string, at: number, bit: number): string {
  return state.slice(0, at) + String.fromCharCode(state.charCodeAt(at) ^ bit) + state.slice(at + 1);
}
