import type { Model } from "../model.ts";
import { same } from "../plain-text.ts";
import { answersRead, call, type Kind, some, strange } from "./kind.ts";

/** Models as a user might write them: three that say what a state can still reach, and one without hints. */

const log: Model<readonly number[]> = {
  name: "log",
  init: [],
  step(items, { f, input, output }) {
    if (f === "append") return [...items, Number(input)];
    if (f === "truncate") return [];
    return output === undefined || same(output, items) ? items : undefined;
  },
  observes: ({ f }) => f === "read",
  overwrites: ({ f }) => f === "truncate",
  reaches: (items, { output }) =>
    !Array.isArray(output) || items.every((item, index) => item === output[index]),
};

/** `raise` changes the number as `raised` says, `reset` sets it back; between two resets it only grows. */
const growing = (name: string, raised: (value: number, by: number) => number): Model<number> => ({
  name,
  init: 0,
  step(value, { f, input, output }) {
    if (f === "raise") return raised(value, Number(input));
    if (f === "reset") return Number(input);
    return output === undefined || output === value ? value : undefined;
  },
  observes: ({ f }) => f === "read",
  overwrites: ({ f }) => f === "reset",
  reaches: (value, { output }) => typeof output !== "number" || output >= value,
});

const swap: Model<number> = {
  name: "swap",
  init: 0,
  step: (value, { input, output }) =>
    output === undefined || output === value ? Number(input) : undefined,
};

const growingKind = (model: Model<number>): Kind => ({
  make: () => model,
  call: (random, _, values) =>
    random() < 0.3
      ? { f: "read", input: null }
      : { f: random() < 0.8 ? "raise" : "reset", input: some(random, values) },
  answer: answersRead,
  nonsense: ({ f }) => (f === "read" ? strange[0] : undefined),
  never: () => [call("reset", 2), call("raise", 1), call("read", null, 1)],
});

export const own_models: Readonly<Record<string, Kind>> = {
  "own: log": {
    make: () => log,
    call: (random, state, values) =>
      random() < 0.3
        ? { f: "read", input: null }
        : random() < ((state as unknown[]).length > 30 ? 0.2 : 0.8)
          ? { f: "append", input: some(random, values) }
          : { f: "truncate", input: null },
    answer: answersRead,
    nonsense: ({ f }) => (f === "read" ? [strange[0]] : undefined),
    never: () => [
      call("truncate"),
      call("append", 1),
      call("append", 2),
      call("read", null, [2, 1]),
    ],
  },
  "own: maximum": growingKind(growing("maximum", Math.max)),
  "own: sum": growingKind(growing("sum", (value, by) => value + by)),
  "own: swap": {
    make: () => swap,
    call: (random, _, values) => ({ f: "swap", input: some(random, values) }),
    answer: (state) => state,
    nonsense: () => strange[0],
    never: () => [call("swap", 1, 0), call("swap", 2, 0)],
  },
};
