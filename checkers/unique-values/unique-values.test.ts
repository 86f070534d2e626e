import { expect, test } from "vitest";
import type { Operation } from "../../histories/event.ts";
import { bruteForce } from "../brute-force.ts";
import { models } from "../models/index.ts";
import { pick, type Random } from "../random-calls.ts";
import { randomHistory, seeded } from "../random-history.ts";
import { toProblem } from "../search/problem.ts";
import { search } from "../search/search.ts";
import type { Names } from "./lifetimes.ts";
import { containers, reduce } from "./reduce.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 20_000);
/** Few by default, because the search that the results are compared with is slow. `LARGER=2000` runs more. */
const larger_rounds = Number(process.env["LARGER"] ?? 150);

function someHistory(
  name: string,
  random: Random,
  operations: number,
  crashed: { adds: number; removes: number },
  different = operations,
  initial: readonly unknown[] = [],
): Operation[] {
  const { names } = containers[name]!;
  const { adds, removes } = names;
  const model = models[name]!(initial);
  const values = Array.from({ length: operations }, (_, index) => 1 + (index % different));
  const adding = pick(random, [0.4, 0.5, 0.6]);
  const made = randomHistory(
    {
      model,
      clients: 2 + Math.floor(random() * (operations < 12 ? 4 : 10)),
      operations,
      crashed: 0,
      failed: 0.03,
      call: () =>
        random() < adding
          ? {
              f: pick(random, adds),
              input: values.splice(Math.floor(random() * values.length), 1)[0],
            }
          : { f: pick(random, removes), input: null },
      answer: (state, { f }) => {
        if (adds.includes(f)) return null;
        const possible = [null, ...(state as unknown[])];
        return possible.find(
          (output) => model.step(state, { f, input: null, output }) !== undefined,
        );
      },
    },
    random,
  ).map((operation) => ({ ...operation, key: "k" }));
  lie(made, names, random);
  return made.map((operation) =>
    operation.status === "ok" &&
    random() < (adds.includes(operation.f) ? crashed.adds : crashed.removes)
      ? { ...operation, status: "info", output: undefined, returned: Number.POSITIVE_INFINITY }
      : operation,
  );
}

type Draft = { -readonly [Field in keyof Operation]: Operation[Field] };

/** Swaps answers, mostly of operations near each other; sometimes makes one up. */
function lie(made: Draft[], { removes }: Names, random: Random): void {
  const taking = made.filter(({ f, status }) => removes.includes(f) && status === "ok");
  if (taking.length < 2) return;
  for (let lies = Math.floor(random() * 3); lies > 0; lies--) {
    const at = Math.floor(random() * (taking.length - 1));
    const [one, other] = [taking[at]!, random() < 0.7 ? taking[at + 1]! : pick(random, taking)];
    [one.output, other.output] = [other.output, one.output];
  }
  if (random() < 0.2)
    pick(random, taking).output = pick(random, [null, 1 + Math.floor(random() * made.length)]);
}

const crashes = { "no crashes": 0, crashes: 0.25 };

for (const name of Object.keys(containers))
  test.each(Object.entries(crashes))(`${rounds} small histories, ${name}, %s`, (_, share) => {
    console.log(`seed ${seed}`);
    const random = seeded(seed);
    const model = models[name]!();
    const counts = { valid: 0, invalid: 0, unsure: 0, evidence: 0 };
    for (let round = 0; round < rounds; round++) {
      const crashed = { adds: pick(random, [0, share]), removes: pick(random, [0, share]) };
      const operations = someHistory(name, random, 2 + Math.floor(random() * 8), crashed);
      const expected = bruteForce(operations, model);
      const { parts, impossible } = reduce(name, operations, undefined);
      const told = `seed ${seed} round ${round}, ${expected}: ${JSON.stringify(operations.map(({ process, f, input, status, output, invoked, returned }) => [process, f, input, status, output, invoked, returned]))}`;
      counts[expected ? "valid" : "invalid"]++;
      if (parts.length > 0 && !impossible) counts.unsure++;
      else if (impossible === expected) throw new Error(told);
      if (impossible) counts.evidence += parts[0]!.length;
      const crashed_removes = operations.filter(
        ({ f, status }) => status === "info" && containers[name]!.names.removes.includes(f),
      );
      if (impossible && bruteForce([...new Set([...parts[0]!, ...crashed_removes])], model))
        throw new Error(`what crashed helps, ${told}\n${JSON.stringify(parts)}`);
      if (parts.every((part) => bruteForce(part, model)) !== expected)
        throw new Error(`parts of ${told}\n${JSON.stringify(parts)}`);
    }
    console.log(name, counts);
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(rounds / 20);
  });

test.each(Object.entries(crashes))(
  `${rounds} small histories, queue of few values, %s`,
  (_, share) => {
    console.log(`seed ${seed}`);
    const random = seeded(seed);
    const initial = [1, 2, 1];
    const counts = { valid: 0, invalid: 0, unsure: 0 };
    for (let round = 0; round < rounds; round++) {
      const crashed = { adds: pick(random, [0, share]), removes: pick(random, [0, share]) };
      const start = initial.slice(0, Math.floor(random() * 4));
      const different = 1 + Math.floor(random() * 3);
      const count = 2 + Math.floor(random() * 8);
      const operations = someHistory("queue", random, count, crashed, different, start);
      const model = models["queue"]!(start);
      const expected = bruteForce(operations, model);
      const { parts, impossible } = reduce("queue", operations, start);
      const told = `seed ${seed} round ${round}, ${expected}: ${JSON.stringify([start, operations])}`;
      counts[expected ? "valid" : "invalid"]++;
      if (parts.length > 0 && !impossible) counts.unsure++;
      else if (impossible === expected) throw new Error(told);
      if (parts.every((part) => bruteForce(part, model)) !== expected)
        throw new Error(`parts of ${told}\n${JSON.stringify(parts)}`);
    }
    console.log(counts);
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(rounds / 20);
    expect(counts.unsure).toBeLessThan(rounds / 2);
  },
);

for (const name of Object.keys(containers))
  test.each(Object.entries(crashes))(
    `larger histories against the search, ${name}, %s`,
    (_, share) => {
      console.log(`seed ${seed}`);
      const random = seeded(seed);
      const model = models[name]!();
      const judge = (operations: readonly Operation[]) =>
        search(toProblem(operations, model), model, { memory_bytes: 2 ** 22 }).kind;
      const counts = { linearizable: 0, impossible: 0, "gave up": 0, unsure: 0 };
      for (let round = 0; round < larger_rounds; round++) {
        const crashed = {
          adds: pick(random, [0, share / 2]),
          removes: pick(random, [0, share / 2]),
        };
        const operations = someHistory(name, random, 10 + Math.floor(random() * 30), crashed);
        const expected = judge(operations);
        counts[expected]++;
        if (expected === "gave up") continue;
        const { parts, impossible } = reduce(name, operations, undefined);
        if (parts.length > 0 && !impossible) counts.unsure++;
        const verdicts = parts.map(judge);
        if (verdicts.includes("gave up")) continue;
        const judged = verdicts.every((verdict) => verdict === "linearizable");
        const told = `seed ${seed} round ${round}, ${expected}: ${JSON.stringify(operations)}`;
        if (judged !== (expected === "linearizable")) throw new Error(told);
        if (impossible && judged) throw new Error(`evidence of ${told}`);
      }
      console.log(name, counts);
      expect(Math.min(counts.linearizable, counts.impossible)).toBeGreaterThan(larger_rounds / 20);
    },
  );
