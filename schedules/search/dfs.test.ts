import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Gate, Session } from "../../backends/backend.ts";
import type { Program } from "../program.ts";
import { Lane, type Played } from "../run/lane.ts";
import { type DrainEnd, drain } from "../run/lanes.ts";
import { type Memory, SharedMemory } from "../run/shared-memory.test-support.ts";
import type { Trace } from "../trace.ts";
import { type Branch, divided } from "./branch.ts";
import { Exhaust } from "./dfs.ts";

const variables = ["x", "y"] as const;
const locks = ["l", "m"] as const;

type Op =
  | { do: "begin" }
  | { do: "get" | "add"; name: string }
  /** Writes what was last read, plus one. */
  | { do: "put"; name: string }
  | { do: "lock" | "unlock"; name: string };

/** Each client runs its own list of steps; what it read and what is left at the end are the outcome. */
function programOf(
  code: readonly (readonly Op[])[],
  ended: (trace: Trace, state: number[]) => void,
  before = "",
): Program<Memory> {
  return {
    async setup(memory, key) {
      for (const name of variables) await memory.set(before + key + name, 0);
    },
    async run(memory, { client, key: own }) {
      const key = before + own;
      const read: number[] = [];
      for (const op of code[client - 1] ?? []) {
        if (op.do === "begin") await memory.begin();
        else if (op.do === "get") read.push(await memory.get(key + op.name));
        else if (op.do === "add") read.push(await memory.add(key + op.name, 1));
        else if (op.do === "put") await memory.set(key + op.name, (read.at(-1) ?? 0) + 10);
        else await memory[op.do](key + op.name);
      }
      for (const name of locks) await memory.unlock(key + name);
      return read.join();
    },
    async check(memory, { key, trace }) {
      const state = [memory.get(`${before}${key}x`), memory.get(`${before}${key}y`)];
      ended(trace, await Promise.all(state));
    },
  };
}

/** Half of the variables and locks in one database, half in another: nothing but that is known of a step. */
class TwoDatabases extends SharedMemory {
  override open(gate: Gate): Promise<Session<Memory>> {
    const databaseOf = (statement: string): { database?: string } =>
      statement === "begin" ? {} : { database: /[xl]( |$)/.test(statement) ? "one" : "other" };
    return super.open({
      pass: (step, send) =>
        gate.pass({ ...step, keys: undefined, ...databaseOf(step.statement) }, send),
    });
  }
}

interface Part {
  /** How the names of its variables begin. */
  readonly before: string;
  readonly branches?: readonly Branch[];
  readonly schedules_max: number;
}

async function outcomes(
  code: readonly (readonly Op[])[],
  prune: boolean,
  lanes_max = 1,
  { before, branches, schedules_max }: Part = { before: "", schedules_max: 20_000 },
  backend: SharedMemory = new SharedMemory(),
) {
  const states = new WeakMap<Trace, number[]>();
  const program = programOf(code, (trace, state) => states.set(trace, state), before);
  const lanes = Array.from(
    { length: lanes_max },
    (_, i) => new Lane(backend, program, { key: `key${i}` }),
  );
  const search = new Exhaust({ prune, several_operations: false, branches });
  const found = new Set<string>();
  const seen = ({ trace }: Played): undefined => {
    const ends = trace.results.map((r) => `${r.status} ${r.code ?? ""} ${String(r.output)}`);
    found.add([trace.ending.kind, ...ends, ...(states.get(trace) ?? [])].join("|"));
  };
  const operations = code.map(() => 1);
  const { schedules, end } = await drain(lanes, operations, search, { schedules_max }, seen);
  const { pruned, left } = search;
  return { found, schedules, complete: end === "all", pruned, left: cut(end, left) };
}

const cut = (end: DrainEnd, left: readonly Branch[]) => (end === "schedules" ? left : []);

/** Explores a few schedules at a time, as if in other processes: each with other names for the same variables. */
async function inParts(code: readonly (readonly Op[])[], prune: boolean) {
  const found = new Set<string>();
  let [schedules, pruned, parts] = [0, 0, 0];
  const todo: (readonly Branch[] | undefined)[] = [undefined];
  while (todo.length > 0) {
    const branches = todo.shift();
    const part = { before: `part ${++parts} `, schedules_max: 3, ...(branches && { branches }) };
    const came = await outcomes(code, prune, 1, part);
    for (const each of came.found) found.add(each);
    schedules += came.schedules;
    pruned += came.pruned;
    todo.push(...(JSON.parse(JSON.stringify(divided(came.left, 3))) as Branch[][]));
  }
  return { found, schedules, pruned, parts };
}

test("2 clients with 4 steps each have 70 interleavings", async () => {
  const four: Op[] = [
    { do: "get", name: "x" },
    { do: "put", name: "x" },
  ];
  // Two more steps each: the unlocks at the end.
  const { schedules, complete } = await outcomes([four, four], false);
  expect({ schedules, complete }).toEqual({ schedules: 70, complete: true });
});

test("steps on different keys need one schedule", async () => {
  const on_own_keys: Program<Memory> = {
    setup: async () => {},
    run: async (memory, { client }) => {
      await memory.begin();
      await memory.add(`v${client}`, 1);
      await memory.add(`v${client}`, 1);
    },
    check: async () => {},
  };
  await using lane = new Lane(new SharedMemory(), on_own_keys, { key: "key7" });
  const search = new Exhaust({ prune: true, several_operations: false });
  const limits = { schedules_max: 100 };
  const { schedules } = await drain([lane], [1, 1], search, limits, () => undefined);
  // One that counts, and those that are found redundant only on the way.
  expect(schedules).toBeLessThanOrEqual(4);
});

/** Two clients with a step each; in some schedules, counted from 1, the first client does nothing, or the third comes too. */
async function unsteady(odd: {
  readonly none?: readonly number[];
  readonly third?: readonly number[];
}) {
  let number = 0;
  const program: Program<Memory> = {
    setup: async () => void number++,
    run: async (memory, { client, key }) => {
      if (client === 1 && odd.none?.includes(number)) return;
      if (client === 3 && !odd.third?.includes(number)) return;
      await memory.add(key, 1);
    },
    check: async () => {},
  };
  await using lane = new Lane(new SharedMemory(), program, { key: "key9" });
  const search = new Exhaust({ prune: false, several_operations: false });
  const limits = { schedules_max: 1_000 };
  const { schedules } = await drain([lane], [1, 1, 1], search, limits, () => undefined);
  return { schedules, lost: search.diverged };
}

test("a branch is tried again when the server did something else after the same choices", async () => {
  expect(await unsteady({})).toEqual({ schedules: 2, lost: 0 });
  expect(await unsteady({ none: [2] })).toEqual({ schedules: 3, lost: 0 });
  expect(await unsteady({ third: [2, 3] })).toEqual({ schedules: 4, lost: 0 });
});

test("when a branch does not come back all begins anew, at most twice: then it is lost, and counted", async () => {
  const tries = 60;
  const pass = tries + 1;
  const first = Array.from({ length: tries }, (_, n) => n + 2);
  const second = first.map((number) => number + pass);
  const third = second.map((number) => number + pass);
  expect(await unsteady({ none: first.slice(1) })).toEqual({ schedules: 2, lost: 0 });
  expect(await unsteady({ none: first.slice(0, -1) })).toEqual({ schedules: pass, lost: 0 });
  expect(await unsteady({ none: first })).toEqual({ schedules: pass + 2, lost: 0 });
  expect(await unsteady({ third: first })).toEqual({ schedules: pass + 2, lost: 0 });
  const twice = [...first, ...second];
  expect(await unsteady({ none: twice })).toEqual({ schedules: 2 * pass + 2, lost: 0 });
  const always = [...twice, ...third];
  expect(await unsteady({ none: always })).toEqual({ schedules: 3 * pass, lost: 1 });
  expect(await unsteady({ third: always })).toEqual({ schedules: 3 * pass, lost: 1 });
});

const op: fc.Arbitrary<Op> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ do: fc.constant("begin" as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom("get" as const, "add" as const, "put" as const),
      name: fc.constantFrom(...variables),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constantFrom("lock" as const, "unlock" as const),
      name: fc.constantFrom(...locks),
    }),
  },
);
const two = fc.array(fc.array(op, { minLength: 1, maxLength: 3 }), { minLength: 2, maxLength: 2 });
const three = fc.array(fc.array(op, { minLength: 1, maxLength: 1 }), {
  minLength: 3,
  maxLength: 3,
});

test.each([
  ["what a step touches", SharedMemory],
  ["only in which database a step is", TwoDatabases],
])(
  "the pruned search that knows %s finds exactly the outcomes that the unpruned one finds",
  async (_, Kind) => {
    const seed = Date.now();
    console.log(`seed ${seed}`);
    let saved = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: two }, three), async (code) => {
        const all = await outcomes(code, false);
        const some = await outcomes(code, true, 3, undefined, new Kind());
        expect([...some.found].sort()).toEqual([...all.found].sort());
        expect(all.complete && some.complete).toBe(true);
        expect(some.schedules).toBeLessThanOrEqual(all.schedules);
        saved += all.schedules - some.schedules;
      }),
      { seed, numRuns: 40 },
    );
    expect(saved).toBeGreaterThan(0);
  },
);

test("searches in other processes that share a tree find what one finds, and run as much", async () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  let parts = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: two }, three), async (code) => {
      const whole = await outcomes(code, true);
      const { parts: of, ...shared } = await inParts(code, true);
      const { schedules, pruned } = whole;
      expect({ ...shared, found: [...shared.found].sort() }).toEqual({
        ...{ schedules, pruned },
        found: [...whole.found].sort(),
      });
      parts += of;
    }),
    { seed, numRuns: 15 },
  );
  expect(parts).toBeGreaterThan(25);
});
