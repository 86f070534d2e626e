import { byKey } from "../checkers/by-key.ts";
import { models } from "../checkers/models/index.ts";
import { randomHistory, type Shape, seeded } from "../checkers/random-history.ts";
import { toProblem } from "../checkers/search/problem.ts";
import { search } from "../checkers/search/search.ts";
import type { Operation } from "../histories/event.ts";

/** The general search on generated histories, one thread; each time is the median of a few after warm-up. */
export default async function bench(): Promise<void> {
  const small = registerHistory(10_000, 5);
  const wide = registerHistory(10_000, 1_000);
  const large = registerHistory(100_000, 5);
  show("register, 10,000 operations, 20 clients, 5 values", small, "register", 500);
  show("  with one read falsified", falsified(small), "register", 1_500);
  show("register, 10,000 operations, 20 clients, 1,000 values", wide, "register", 2_000);
  show("  with one read falsified", falsified(wide), "register", 6_000);
  show("register, 100,000 operations, 20 clients, 5 values", large, "register", 8_000);
  show("  with one read falsified", falsified(large), "register", 24_000);
  show("counter, 2,000 operations, 12 clients, 10 % crashed", counterHistory(), "counter", 1_000);
  show("kv, 50 clients × 2,000 operations, 10 keys", kvHistory(), "kv", 100);
}

/** Half reads, half writes of which 1 % crash. */
export function registerHistory(operations: number, values: number): Operation[] {
  return made("register", { clients: 20, operations, crashed: 0.01 }, (random) =>
    random() < 0.5
      ? { f: "read", input: null }
      : { f: "write", input: Math.floor(random() * values) },
  );
}

function counterHistory(): Operation[] {
  return made("counter", { clients: 12, operations: 2_000, crashed: 0.1 }, (random) =>
    random() < 0.5 ? { f: "read", input: null } : { f: "add", input: 1 },
  );
}

export function kvHistory(): Operation[] {
  return made("kv", { clients: 50, operations: 2_000, crashed: 0, keys: 10 }, (random, count) =>
    random() < 0.5
      ? { f: "get", input: null }
      : random() < 0.8
        ? { f: "append", input: `x ${count} y` }
        : { f: "put", input: `${count}` },
  );
}

function made(
  name: string,
  shape: Pick<Shape<unknown>, "clients" | "operations" | "crashed" | "keys">,
  call: (random: () => number, count: number) => { f: string; input: unknown },
): Operation[] {
  return randomHistory({ ...shape, model: models[name]!(), call, answer: readsAnswer }, seeded(1));
}

function readsAnswer(state: unknown, { f }: { f: string }): unknown {
  return f === "read" || f === "get" ? state : null;
}

/** Makes the read in the middle answer a value that was never written. */
export function falsified(operations: readonly Operation[]): Operation[] {
  const middle = operations.findIndex(
    ({ f, status }, index) => index >= operations.length / 2 && f === "read" && status === "ok",
  );
  return operations.map((operation, index) =>
    index === middle ? { ...operation, output: -1 } : operation,
  );
}

function show(title: string, operations: readonly Operation[], model: string, limit: number): void {
  const times: number[] = [];
  let verdict = "";
  for (let round = 0; round < (limit > 5_000 ? 3 : 7); round++) {
    globalThis.gc?.();
    const start = performance.now();
    verdict = judge(operations, model);
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1]!;
  const memory_mb = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(
    `  ${title}: ${verdict}, ${median.toFixed(1)} ms (limit ${limit.toLocaleString("en")}), process so far at most ${memory_mb} MB`,
  );
}

function judge(operations: readonly Operation[], name: string): string {
  const model = models[name]!();
  for (const of_key of byKey(operations).values()) {
    const outcome = search(toProblem(of_key, model), model, {
      deadline_ms: performance.now() + 30_000,
    });
    if (outcome.kind !== "linearizable") return outcome.kind;
  }
  return "linearizable";
}
