import type { Operation } from "../histories/event.ts";
import type { Model } from "./model.ts";
import { plainText } from "./plain-text.ts";
import { randomHistory } from "./random-history.ts";

export type Random = () => number;
export const pick = <T>(random: Random, list: readonly T[]): T =>
  list[Math.floor(random() * list.length)]!;

/** How to make random histories of a model. */
export interface Kind {
  readonly call: (random: Random) => { f: string; input: unknown };
  /** What the model answers in a state; null for everything else. */
  readonly answer?: (state: unknown, f: string, input: unknown) => unknown;
  /** An answer that may be wrong, to replace the right one. */
  readonly lie: (random: Random, operation: Operation) => unknown;
  /** Another value for each value, such that the model behaves alike. */
  readonly rename: (value: unknown) => unknown;
}

const value = (random: Random): number => pick(random, [1, 2, 3]);
/** By the name of the model. */
export const kinds: Record<string, Kind> = {
  register: {
    call: (random) =>
      pick(random, [
        { f: "read", input: null },
        { f: "write", input: value(random) },
      ]),
    answer: (state, f) => (f === "read" ? state : null),
    lie: (random, { f }) => (f === "read" ? value(random) : null),
    rename: turned,
  },
  "cas-register": {
    call: (random) =>
      pick(random, [
        { f: "read", input: null },
        { f: "write", input: value(random) },
        { f: "cas", input: [value(random), value(random)] },
      ]),
    answer: (state, f, input) =>
      f === "read" ? state : f === "cas" ? (input as number[])[0] === state : null,
    lie: (random, { f, output }) =>
      f === "read" ? value(random) : f === "cas" ? output === false : null,
    rename: turned,
  },
  counter: {
    call: (random) =>
      pick(random, [
        { f: "read", input: null },
        { f: "add", input: pick(random, [1, 2, -1]) },
      ]),
    answer: (state, f, input) =>
      f === "read" ? state : (input as number) === 2 ? Number(state) + 2 : null,
    lie: (random, { f, output }) => {
      if (typeof output === "number") return output + pick(random, [-1, 1]);
      return f === "read" ? value(random) : output;
    },
    rename: (value) => (typeof value === "number" ? -value : value),
  },
  kv: {
    call: (random) =>
      pick(random, [
        { f: "get", input: null },
        { f: "put", input: pick(random, ["a", "b"]) },
        { f: "append", input: pick(random, ["a", "b"]) },
      ]),
    answer: (state, f) => (f === "get" ? state : null),
    lie: (random, { f, output }) =>
      f === "get" ? pick(random, [`${String(output)}a`, String(output).slice(1), "a", "ab"]) : null,
    rename: (value) =>
      typeof value === "string"
        ? value.replace(/[ab]/g, (letter) => (letter === "a" ? "b" : "a"))
        : value,
  },
  mutex: {
    call: (random) => ({ f: pick(random, ["acquire", "release"]), input: null }),
    lie: () => null,
    rename: (value) => value,
  },
  set: {
    call: (random) =>
      pick(random, [
        { f: "read", input: null },
        { f: "contains", input: value(random) },
        { f: "add", input: value(random) },
        { f: "remove", input: value(random) },
      ]),
    answer: (state, f, input) =>
      f === "read"
        ? [...(state as Set<string>)].map(Number)
        : f === "contains"
          ? (state as Set<string>).has(plainText(input))
          : null,
    lie: (random, { f, output }) =>
      f === "contains" ? output !== true : f === "read" ? [value(random)] : output,
    rename: turned,
  },
  queue: {
    call: (random) =>
      pick(random, [
        { f: "enqueue", input: value(random) },
        { f: "dequeue", input: null },
      ]),
    answer: (state, f) => (f === "dequeue" ? ((state as unknown[])[0] ?? null) : null),
    lie: (random, { f }) => (f === "dequeue" ? pick(random, [null, 1, 2, 3]) : null),
    rename: turned,
  },
};

/** A history of one key, mostly with something changed that may make it wrong. */
export function someHistory(
  model: Model<unknown>,
  kind: Kind,
  operations: number,
  random: Random,
): Operation[] {
  const made = randomHistory(
    {
      model,
      clients: 2 + Math.floor(random() * 4),
      operations,
      crashed: random() < 0.6 ? 0.25 : 0,
      failed: 0.03,
      call: () => kind.call(random),
      answer: (state, { f, input }) => kind.answer?.(state, f, input) ?? null,
    },
    random,
  ).map((operation) => ({ ...operation, key: "k" }));
  for (let change = Math.floor(random() * 3); change > 0; change--) {
    const at = Math.floor(random() * made.length);
    const operation = made[at]!;
    if (operation.status === "ok" && random() < 0.7)
      made[at] = { ...operation, output: kind.lie(random, operation) };
    else if (operation.status === "fail" && operation.returned < Infinity)
      made[at] = { ...operation, status: "ok", output: kind.lie(random, operation) };
    else made[at] = { ...operation, status: "fail", output: undefined };
  }
  return made;
}

/** 1 → 2 → 3 → 1, also inside lists. 0 stays 0. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  return typeof value === "number" && value > 0 ? (value % 3) + 1 : value;
}
