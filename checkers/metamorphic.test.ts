import { describe, expect, test } from "vitest";
import type { Operation } from "../histories/event.ts";
import { counterFault } from "./counter-slots.ts";
import { allowed, type Keeps, laws } from "./laws.ts";
import { lostUpdateChecker } from "./lost-update.ts";
import { models } from "./models/index.ts";
import { kinds, pick, type Random, someHistory } from "./random-calls.ts";
import { randomHistory, seeded } from "./random-history.ts";
import { breadthFirst } from "./search/breadth-first.ts";
import { depthFirst } from "./search/depth-first.ts";
import { toProblem } from "./search/problem.ts";
import { stepsOf } from "./search/search.ts";
import { impossibleZones } from "./unique-writes.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Math.ceil(Number(process.env["ROUNDS"] ?? 30_000) / 20);

/** Something that judges histories of one key, and what kind of histories it judges. */
interface Subject {
  readonly name: string;
  readonly make: (random: Random) => Operation[];
  /** Whether the history is valid; undefined when there is no verdict. */
  readonly valid: (operations: readonly Operation[]) => boolean | undefined;
  /** The same with other values, to be judged by `validRenamed`. */
  readonly rename: (value: unknown) => unknown;
  readonly validRenamed?: Subject["valid"];
}

const searches = [breadthFirst, depthFirst].flatMap((how) =>
  Object.entries(kinds).map(([name, kind]): Subject => {
    const model = models[name]!();
    return {
      name: `${name}, ${how.name}`,
      make: (random) => someHistory(model, kind, 2 + Math.floor(random() * 14), random),
      valid: (operations) => {
        const problem = toProblem(operations, model);
        return how(problem, stepsOf(problem, model), {}).kind === "linearizable";
      },
      rename: kind.rename,
    };
  }),
);

/** How many clients and operations, and how many of them crash or fail. */
const someSize = (random: Random, least: number, more: number) => ({
  clients: 2 + Math.floor(random() * 5),
  operations: least + Math.floor(random() * more),
  crashed: pick(random, [0, 0.2]),
  failed: 0.05,
});

const quick: Subject[] = [
  {
    name: "counter, by slots",
    make: (random) => {
      const answering = pick(random, [0, 0.5, 1]);
      const made = randomHistory(
        {
          model: models["counter"]!(),
          ...someSize(random, 2, 40),
          call: () => ({ f: random() < 0.6 ? "add" : "read", input: null }),
          answer: (value, { f }) =>
            f === "read" ? value : random() < answering ? Number(value) + 1 : null,
        },
        random,
      );
      return lied(made, random, (operation) =>
        typeof operation.output === "number" ? operation.output + pick(random, [-1, 1]) : null,
      );
    },
    valid: (operations) => counterFault(operations, 0) === undefined,
    rename: (value) => (typeof value === "number" ? value + 7 : value),
    validRenamed: (operations) => counterFault(operations, 7) === undefined,
  },
  {
    name: "unique writes",
    make: (random) => {
      let written = 0;
      const made = randomHistory(
        {
          model: models["register"]!(0),
          ...someSize(random, 2, 40),
          call: () =>
            random() < 0.6 ? { f: "read", input: null } : { f: "write", input: ++written },
          answer: (value, { f }) => (f === "read" ? value : null),
        },
        random,
      );
      return lied(made, random, ({ f }) =>
        f === "read" ? Math.floor(random() * (written + 1)) : null,
      );
    },
    valid: (operations) => impossibleZones(operations, 0)!.length === 0,
    // The other way around: which value is larger must not matter.
    rename: (value) => (typeof value === "number" && value > 0 ? 1_000 - value : value),
  },
  {
    name: "lost update",
    make: (random) => {
      const adds = randomHistory(
        {
          model: models["counter"]!(),
          ...someSize(random, 1, 20),
          call: () => ({ f: "add", input: pick(random, [1, 2, -1]) }),
        },
        random,
      );
      const acknowledged = adds
        .filter(({ status }) => status === "ok")
        .reduce((sum, { input }) => sum + Number(input), 0);
      const output = acknowledged + pick(random, [0, 0, 0, 1, -1, 3]);
      const at_rest = { status: "ok", invoked: 1_000, returned: 1_001 } as const;
      return [...adds, { ...adds[0]!, ...at_rest, f: "read", input: null, output }];
    },
    valid: (operations) => {
      const { verdict } = lostUpdateChecker.check({ header: undefined, operations });
      return verdict === "unknown" ? undefined : verdict === "valid";
    },
    rename: (value) => (typeof value === "number" ? -value : value),
  },
];

/** Changes up to two answers, perhaps to wrong ones. */
function lied(
  made: readonly Operation[],
  random: Random,
  lie: (operation: Operation) => unknown,
): Operation[] {
  const operations = [...made];
  for (let count = Math.floor(random() * 3); count > 0; count--) {
    const at = Math.floor(random() * operations.length);
    const operation = operations[at]!;
    if (operation.status === "ok") operations[at] = { ...operation, output: lie(operation) };
  }
  return operations;
}

const all_laws = (["both", "valid", "invalid"] as const).flatMap((keeps: Keeps) =>
  Object.entries(laws[keeps]).map(([law, change]) => ({ law, change, ways: allowed[keeps] })),
);

describe(`laws, on ${rounds} random histories`, () => {
  const totals = new Map<string, number>();

  test.each([...searches, ...quick])("$name", ({ name, make, valid, rename, validRenamed }) => {
    const random = seeded(seed);
    const counts = { valid: 0, invalid: 0 };
    for (let round = 0; round < rounds; round++) {
      const operations = make(random);
      const before = valid(operations) === true ? "valid" : "invalid";
      counts[before]++;
      for (const { law, change, ways } of all_laws) {
        const changed = change(operations, random, rename);
        if (changed === undefined) continue;
        const judge = law === "values renamed" ? (validRenamed ?? valid) : valid;
        const after = judge(changed);
        if (after === undefined) continue;
        const way = `${before} → ${after ? "valid" : "invalid"}`;
        totals.set(`${law}: ${way}`, (totals.get(`${law}: ${way}`) ?? 0) + 1);
        if (!ways.includes(way))
          throw new Error(
            `seed ${seed}, round ${round}, ${law}: ${way}\n${JSON.stringify(operations)}\n${JSON.stringify(changed)}`,
          );
      }
    }
    console.log(`seed ${seed}, ${name}: ${counts.valid} valid, ${counts.invalid} invalid`);
    expect(Math.min(counts.valid, counts.invalid)).toBeGreaterThan(rounds / 20);
  });

  test("every change of a verdict that a law allows did happen", () => {
    console.log(Object.fromEntries([...totals].sort(([one], [other]) => one.localeCompare(other))));
    for (const { law, ways } of all_laws)
      for (const way of ways)
        expect(totals.get(`${law}: ${way}`), `${law}: ${way}`).toBeGreaterThan(rounds / 20);
  });
});
