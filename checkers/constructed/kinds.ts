import { models } from "../models/index.ts";
import { plainText } from "../plain-text.ts";
import { pick } from "../random-calls.ts";
import { containers } from "./containers.ts";
import { answersRead, call, type Kind, some, strange } from "./kind.ts";
import { own_models } from "./own-models.ts";

/** By name. A new model needs its calls, its answers, and something that it never does. */
export const kinds: Readonly<Record<string, Kind>> = {
  register: {
    make: models["register"]!,
    call: (random, _, values) =>
      random() < 0.5 ? { f: "read", input: null } : { f: "write", input: some(random, values) },
    answer: answersRead,
    nonsense: ({ f }) => (f === "read" ? strange[0] : undefined),
    never: () => [call("write", strange[0]), call("read", null, strange[1])],
  },
  "cas-register": {
    make: models["cas-register"]!,
    call: (random, state, values) =>
      pick(random, [
        { f: "read", input: null },
        { f: "write", input: some(random, values) },
        { f: "cas", input: [random() < 0.7 ? state : some(random, values), some(random, values)] },
      ]),
    answer: (state, { f, input }) =>
      f === "cas" ? (input as unknown[])[0] === state : answersRead(state, { f }),
    nonsense: ({ f }) => (f === "read" ? strange[0] : undefined),
    never: (random) =>
      pick(random, [
        [call("write", 1), call("cas", [2, 3], true)],
        [call("write", 1), call("cas", [1, 3], false)],
        [call("cas", [1, 1], true), call("read", null, 2)],
      ]),
  },
  counter: {
    make: models["counter"]!,
    call: (random, _, values) =>
      random() < 0.4
        ? { f: "read", input: null }
        : {
            f: "add",
            input: values > 3 ? some(random, values) - (values >> 1) : some(random, values),
          },
    answer: (state, { f, input }, random) =>
      f === "read" ? state : random() < 0.2 ? Number(state) + Number(input) : null,
    nonsense: ({ output }) => (typeof output === "number" ? 1e9 : undefined),
    never: (random) =>
      random() < 0.5
        ? [call("read", null, 1), call("read", null, 2)]
        : [call("add", 0, 5), call("add", 3), call("read", null, 7)],
  },
  kv: {
    make: models["kv"]!,
    call: (random, state, values) =>
      random() < 0.3
        ? { f: "get", input: null }
        : random() < (String(state).length > 60 ? 0.2 : 0.7)
          ? { f: "append", input: `${some(random, values)};` }
          : { f: "put", input: random() < 0.1 ? "" : `${some(random, values)};` },
    answer: answersRead,
    nonsense: ({ f, output }) => (f === "get" ? `${String(output)}?` : undefined),
    never: (random) =>
      random() < 0.5
        ? [call("put", "1;"), call("append", "2;"), call("get", null, "2;1;")]
        : [call("append", "1;"), call("get", null, "2;")],
  },
  mutex: {
    make: models["mutex"]!,
    call: (_, held) => ({ f: held === true ? "release" : "acquire", input: null }),
    never: (random) => {
      const f = pick(random, ["acquire", "release"]);
      return [call(f), call(f)];
    },
  },
  semaphore: {
    make: () => models["semaphore"]!(3),
    call: (random, held) => {
      const f = held === 3 || (Number(held) > 0 && random() < 0.5) ? "release" : "acquire";
      const most = f === "release" ? Number(held) : 3 - Number(held);
      return { f, input: most > 1 && random() < 0.3 ? 2 : null };
    },
    never: (random) => {
      const f = pick(random, ["acquire", "release"]);
      return [call(f), call(f), call(f, 2)];
    },
  },
  "multi-register": {
    make: models["multi-register"]!,
    call: (random, _, values) => ({
      f: "txn",
      input: Array.from({ length: some(random, 3) }, () => {
        const register = pick(random, ["x", "y", "z"]);
        return random() < 0.5 ? ["r", register, null] : ["w", register, some(random, values)];
      }),
    }),
    answer: (state, { input }) => {
      const values = new Map(state as ReadonlyMap<string, unknown>);
      return (input as [string, string, unknown][]).map(([action, register, value]) => {
        const name = plainText(register);
        if (action === "w") values.set(name, value);
        return [action, register, action === "w" ? value : (values.get(name) ?? null)];
      });
    },
    nonsense: ({ output }) => {
      const actions = output as [string, string, unknown][];
      const read = actions.findIndex(([action]) => action === "r");
      return read < 0 ? undefined : actions.with(read, ["r", actions[read]![1], strange[0]]);
    },
    never: () => {
      const [write, read] = [[["w", "x", 1]], [["r", "x", 2]]];
      return [call("txn", write, write), call("txn", read, read)];
    },
  },
  ...containers,
  ...own_models,
};
