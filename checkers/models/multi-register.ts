import { isRecord } from "../../histories/json-event.ts";
import { show } from "../call.ts";
import type { Model } from "../model.ts";
import { plainText, same } from "../plain-text.ts";
import type { Shape } from "../shapes.ts";

/**
 * Several registers that one operation reads and writes at once, as in Knossos: `txn` of a list of
 * ["r", register, null] and ["w", register, value], done one after the other. It answers the same list
 * with the values read. A register that was never written is null; for one that started with a value, an answer
 * of null only means that the value is not known. States: values by the texts of the registers' names.
 * @param initial values by the registers' names, like { x: 0 }
 */
export function multiRegister(initial?: unknown): Model<Registers> {
  const init = startingValues(initial);
  return {
    name: "multi-register",
    init,
    knows: { txn: { input: transaction, output: transaction } },
    step(registers, { f, input, output }) {
      if (f !== "txn") throw new Error(`A multi-register has no operation "${f}".`);
      const asked = actions(input);
      const told = output === undefined ? asked : actions(output);
      if (!answers(told, asked)) return undefined;
      let next = registers;
      for (const [action, register, value] of told) {
        const name = nameOf(register);
        if (action === "w") next = new Map(next).set(name, value);
        else if (output !== undefined && !same(value, next.get(name) ?? null)) {
          if (value !== null || !init.has(name)) return undefined;
        }
      }
      return next;
    },
    observes: ({ input }) => actions(input).every(([action]) => action === "r"),
  };
}

type Registers = ReadonlyMap<string, unknown>;
type Action = readonly ["r" | "w", unknown, unknown];

const transaction: Shape = {
  is: 'a list like [["r", "x", null], ["w", "y", 1]]',
  fits: (given) => Array.isArray(given) && given.map(action).every((each) => each !== undefined),
};

function actions(list: unknown): Action[] {
  const read = Array.isArray(list) ? list.map(action) : [undefined];
  if (read.every((each) => each !== undefined)) return read;
  throw new Error(`A txn is ${transaction.is}, not ${show(list)}.`);
}

/** An answer is the list that was asked for, with the values read. */
function answers(told: readonly Action[], asked: readonly Action[]): boolean {
  return (
    told.length === asked.length &&
    told.every(([action, register, value], i) => {
      const [asked_action, asked_register, written] = asked[i]!;
      const is_same = action === asked_action && nameOf(register) === nameOf(asked_register);
      return is_same && (action === "r" || same(value, written));
    })
  );
}

function action(value: unknown): Action | undefined {
  if (!Array.isArray(value) || value.length !== 3) return undefined;
  const [kind, register, of] = value as [unknown, unknown, unknown];
  if (kind === "r" || kind === ":r") return ["r", register, of];
  return kind === "w" || kind === ":w" ? ["w", register, of] : undefined;
}

/** A keyword (:x), a symbol and a string ("x") are the same name, and so are a number and its text. */
function nameOf(register: unknown): string {
  if (typeof register === "number" || typeof register === "bigint") return plainText(`${register}`);
  return plainText(typeof register === "string" ? register.replace(/^:/, "") : register);
}

function startingValues(initial: unknown): Registers {
  if (initial === undefined) return new Map();
  if (!isRecord(initial))
    throw new Error(
      `What registers start with must be values by their names, like {"x": 0}, not ${show(initial)}.`,
    );
  return new Map(Object.entries(initial).map(([name, value]) => [nameOf(name), value]));
}
