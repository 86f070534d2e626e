import { kinds as first_kinds, type Kind, pick, type Random } from "../random-calls.ts";

const value = (random: Random): number => pick(random, [1, 2, 3]);
const listed = (state: unknown): readonly unknown[] => state as readonly unknown[];

/** Histories of a container. `takes`: the operations that take an item out, and which item they take. */
const container = (
  puts: readonly string[],
  takes: Readonly<Record<string, (items: readonly unknown[]) => unknown>>,
): Kind => ({
  call: (random) =>
    random() < 0.5
      ? { f: pick(random, puts), input: value(random) }
      : { f: pick(random, Object.keys(takes)), input: null },
  answer: (state, f) => takes[f]?.(listed(state)) ?? null,
  lie: (random, { f }) => (f in takes ? pick(random, [null, 1, 2, 3]) : null),
  rename: (value) => value,
});

/** The same with values that are most likely put in only once: for these there are faster methods. */
const unique = (kind: Kind): Kind => ({
  ...kind,
  call: (random) => {
    const { f, input } = kind.call(random);
    return { f, input: input === null ? null : Math.floor(random() * 1e6) };
  },
  lie: (random, operation) => (kind.lie(random, operation) === null ? null : operation.invoked),
});

/** Random histories of every model. */
const each_model: Readonly<Record<string, Kind>> = {
  ...first_kinds,
  stack: container(["push"], { pop: (items) => items.at(-1) }),
  deque: container(["add-first", "add-last"], {
    "remove-first": (items) => items[0],
    "remove-last": (items) => items.at(-1),
  }),
  "priority-queue": container(["enqueue"], { dequeue: (items) => items[0] }),
  semaphore: { ...first_kinds["mutex"]! },
  "set-with-answers": {
    ...first_kinds["set"]!,
    answer: (state, f, input) => {
      const elements = state as ReadonlySet<string>;
      if (f === "read") return [...elements].map(Number);
      return elements.has(String(input)) === (f !== "add");
    },
    lie: (random, { f, output }) => (f === "read" ? [value(random)] : output !== true),
  },
  "multi-register": {
    call: (random) => ({
      f: "txn",
      input: Array.from({ length: 1 + Math.floor(random() * 2) }, () =>
        random() < 0.5
          ? ["r", pick(random, ["x", "y"]), null]
          : ["w", pick(random, ["x", "y"]), value(random)],
      ),
    }),
    answer: (state, _, input) => {
      const registers = new Map(state as ReadonlyMap<string, unknown>);
      return (input as [string, string, unknown][]).map(([action, name, to]) => {
        if (action === "w") registers.set(JSON.stringify(name), to);
        return action === "w"
          ? [action, name, to]
          : [action, name, registers.get(JSON.stringify(name)) ?? null];
      });
    },
    lie: (random, { input }) =>
      (input as [string, string, unknown][]).map(([action, name, to]) =>
        action === "w" ? [action, name, to] : [action, name, value(random)],
      ),
    rename: (value) => value,
  },
};

/** By the name of the model, and what is special about its histories. */
export const kinds: Readonly<Record<string, Kind>> = {
  ...each_model,
  ...Object.fromEntries(
    ["register", "queue", "stack", "priority-queue"].map((name) => [
      `${name}, values put in once`,
      unique(each_model[name]!),
    ]),
  ),
};
