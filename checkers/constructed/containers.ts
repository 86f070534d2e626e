import { models } from "../models/index.ts";
import { plainText } from "../plain-text.ts";
import { pick } from "../random-calls.ts";
import { call, type Kind, some, strange } from "./kind.ts";

const length = (state: unknown): number => (state as readonly unknown[]).length;
const first = (state: unknown): unknown => (state as readonly unknown[])[0] ?? null;
const last = (state: unknown): unknown => (state as readonly unknown[]).at(-1) ?? null;

/** A thing to put items in and take them out. */
const container = (
  name: string,
  adds: readonly string[],
  removes: readonly string[],
  next: (state: unknown, f: string) => unknown,
): Kind => ({
  make: models[name]!,
  call: (random, state, values) =>
    random() < (length(state) > 6 ? 0.3 : 0.5)
      ? { f: pick(random, adds), input: some(random, values) }
      : { f: pick(random, removes), input: null },
  answer: (state, { f }) => (removes.includes(f) ? next(state, f) : null),
  nonsense: ({ f }) => (removes.includes(f) ? strange[0] : undefined),
  never: (random) =>
    pick(random, [
      [call(adds[0]!, 1), call(removes[0]!, null, null)],
      [call(adds.at(-1)!, 1), call(removes.at(-1)!, null, null)],
    ]),
});

const set: Kind = {
  make: models["set"]!,
  call: (random, _, values) =>
    random() < 0.2
      ? { f: "read", input: null }
      : { f: pick(random, ["contains", "add", "remove"]), input: some(random, values) },
  answer: (state, { f, input }) => {
    const elements = state as ReadonlySet<string>;
    if (f === "read") return [...elements].map(Number);
    return f === "contains" ? elements.has(plainText(input)) : null;
  },
  nonsense: ({ f, output }) => (f === "read" ? [...(output as unknown[]), strange[0]] : undefined),
  never: (random) =>
    random() < 0.5
      ? [call("add", 1), call("contains", 1, false)]
      : [call("remove", 1), call("read", null, [2, 1])],
};

export const containers: Readonly<Record<string, Kind>> = {
  set,
  "set by element": {
    ...set,
    call: (random, _, values) => ({
      f: pick(random, ["contains", "add", "remove"]),
      input: some(random, values),
    }),
    never: () => [call("remove", 1), call("contains", 1, true)],
  },
  "set-with-answers": {
    ...set,
    make: models["set-with-answers"]!,
    answer: (state, { f, input }, random) => {
      const there = (state as ReadonlySet<string>).has(plainText(input));
      if (f === "add") return random() < 0.3 ? null : !there;
      return f === "remove" ? there : set.answer!(state, { f, input }, random);
    },
    never: () => [call("add", 1, true), call("add", 1, true)],
  },
  queue: container("queue", ["enqueue"], ["dequeue"], first),
  "priority-queue": container("priority-queue", ["enqueue"], ["dequeue"], first),
  stack: container("stack", ["push"], ["pop"], last),
  deque: container(
    "deque",
    ["add-first", "add-last"],
    ["remove-first", "remove-last"],
    (state, f) => (f === "remove-first" ? first : last)(state),
  ),
};
