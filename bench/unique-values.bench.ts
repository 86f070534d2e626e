import { linearizable } from "../checkers/linearizable.ts";
import type { Model } from "../checkers/model.ts";
import { models } from "../checkers/models/index.ts";
import { randomHistory, seeded } from "../checkers/random-history.ts";
import type { Operation } from "../histories/event.ts";

const mebibyte = 2 ** 20;

/** Containers of unique values: 100 operations of 8 clients, then up to a million. Times are processor time. */
export default function bench(): void {
  for (const name of Object.keys(containers)) {
    const [hundred, some] = [100, 10_000].map((count) => {
      const histories = Array.from({ length: 40 }, (_, seed) => made(name, count, 8, seed, 0));
      return histories.map((operations) => judged(name, operations)).slice(-20); // after warm-up
    }) as [number[], number[]];
    const small = time(name, 100_000, 8);
    const large = time(name, 1_000_000, 8);
    const memory_mb = Math.round(process.memoryUsage().rss / mebibyte);
    const wide = time(name, 100_000, 100);
    const crashed = time(name, 10_000, 8, 1, 0.01);
    console.log(
      `  ${name}: 100 operations ${median(hundred).toFixed(2)} ms (a peer 0.1 ms), ` +
        `10,000: ${text(median(some))} (a peer 11–14 ms, for queues), 100,000: ${text(small)}, ` +
        `1,000,000: ${text(large)}${name === "queue" ? " (limit 3 s)" : ""}, ` +
        `10 × the operations ${(large / small).toFixed(1)} × the time (limit 14)`,
    );
    console.log(
      `    100,000 of 100 clients: ${text(wide)}; 10,000 with 1 % crashes: ${text(crashed)}; ` +
        `after 1,000,000: ${memory_mb} MB (limit 1,024), history and all`,
    );
  }
}

/** Models that change their state in place, so that a long history is made in little time. */
const containers: Record<string, () => Model<number[]>> = {
  queue: () => inPlace({ enqueue: "push" }, { dequeue: "shift" }),
  stack: () => inPlace({ push: "push" }, { pop: "pop" }),
  deque: () =>
    inPlace(
      { "add-first": "unshift", "add-last": "push" },
      { "remove-first": "shift", "remove-last": "pop" },
    ),
  "priority-queue": () => inPlace({ enqueue: "sorted" }, { dequeue: "shift" }),
};

type Adds = Record<string, "push" | "unshift" | "sorted">;
type Removes = Record<string, "shift" | "pop">;
const names = new WeakMap<Model<number[]>, { adds: string[]; removes: string[] }>();

function inPlace(adds: Adds, removes: Removes): Model<number[]> {
  const model: Model<number[]> = {
    name: "in place",
    init: [],
    step(items, { f, input }) {
      const add = adds[f];
      if (add === "sorted") {
        const at = items.findIndex((item) => item > Number(input));
        items.splice(at < 0 ? items.length : at, 0, Number(input));
      } else if (add === undefined) items[removes[f]!]();
      else items[add](Number(input));
      return items;
    },
  };
  names.set(model, { adds: Object.keys(adds), removes: Object.keys(removes) });
  return model;
}

/** Operations that mostly add while the container holds up to 50 values, and mostly remove while it holds more. */
function made(name: string, operations: number, clients: number, seed: number, crashed: number) {
  const model = containers[name]!();
  const { adds, removes } = names.get(model)!;
  const random = seeded(seed);
  const one = (list: string[]): string => list[Math.floor(random() * list.length)]!;
  const items = model.init;
  return randomHistory(
    {
      model,
      clients,
      operations,
      crashed,
      call: (_, count) =>
        random() < (items.length > 50 ? 0.3 : 0.52)
          ? { f: one(adds), input: (count * 7_919) % 1_000_003 }
          : { f: one(removes), input: null },
      answer: (state, { f }) =>
        adds.includes(f)
          ? null
          : ((f === "pop" || f === "remove-last" ? state.at(-1) : state[0]) ?? null),
    },
    random,
  ).map((operation): Operation => ({ ...operation, key: "k" }));
}

function time(name: string, count: number, clients: number, seed = 1, crashed = 0): number {
  const operations = made(name, count, clients, seed, crashed);
  globalThis.gc?.(); // which also throws compiled code away
  return judged(name, operations);
}

function judged(name: string, operations: readonly Operation[]): number {
  const before = process.cpuUsage();
  const { verdict } = linearizable(name, models[name]!).check(
    { header: undefined, operations },
    { timeoutMs: 20_000 },
  );
  const { user, system } = process.cpuUsage(before);
  if (verdict !== "valid") console.log(`    ${name}, ${operations.length} operations: ${verdict}`);
  return (user + system) / 1000;
}

function median(figures: number[]): number {
  return figures.sort((one, other) => one - other)[figures.length >> 1]!;
}

function text(ms: number): string {
  return ms < 100 ? `${ms.toFixed(1)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
