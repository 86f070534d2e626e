import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Exploration, exploreSchedules } from "../exploration.ts";
import { CheckFailed, type Program } from "../program.ts";
import { type Memory, SharedMemory } from "../run/shared-memory.test-support.ts";
import { contextSwitches } from "../schedule.ts";

type Code = readonly ("get" | "put" | "begin")[];

/** Fails when the variable ends with a value that no order of whole clients gives. */
function programOf(code: readonly Code[]): Program<Memory> {
  const serial = new Set([serialEnd(code, [1, 2]), serialEnd(code, [2, 1])]);
  return {
    setup: (memory, key) => memory.set(key, 0),
    async run(memory, { client, key }) {
      let read = 0;
      for (const step of code[client - 1] ?? []) {
        if (step === "begin") await memory.begin();
        else if (step === "get") read = await memory.get(key);
        else await memory.set(key, read * 2 + client);
      }
    },
    async check(memory, { key }) {
      if (!serial.has(await memory.get(key))) throw new CheckFailed("not serial", "");
    },
  };
}

function serialEnd(code: readonly Code[], order: readonly number[]): number {
  let value = 0;
  for (const client of order) {
    let read = 0;
    for (const step of code[client - 1] ?? []) {
      if (step === "get") read = value;
      else if (step === "put") value = read * 2 + client;
    }
  }
  return value;
}

const code: fc.Arbitrary<Code> = fc.array(fc.constantFrom("get", "put", "begin"), {
  minLength: 2,
  maxLength: 4,
});

test("the smallest failure of two clients has the fewest context switches of all that fail", async () => {
  const seed = Date.now();
  console.log(`seed ${seed}`);
  let failures = 0;
  const property = fc.asyncProperty(code, code, async (one, two) => {
    const program = programOf([one, two]);
    const fewest = await fewestSwitches(program);
    const { failure } = await explored(program);
    expect(failure && contextSwitches(failure.smallest.choices)).toBe(fewest);
    if (failure) failures++;
  });
  await fc.assert(property, { seed, numRuns: 60 });
  expect(failures).toBeGreaterThan(0);
});

function explored(program: Program<Memory>): Promise<Exploration> {
  const backend = new SharedMemory();
  return exploreSchedules({ backend, program, name: "key7", clients: 2, search: "exhaustive" });
}

/** By trying all of them. */
async function fewestSwitches(program: Program<Memory>): Promise<number | undefined> {
  let fewest: number | undefined;
  const noting: Program<Memory> = {
    ...program,
    async check(memory, outcome) {
      await program.check(memory, outcome).catch(() => {
        const switches = contextSwitches(outcome.trace.choices);
        fewest = Math.min(fewest ?? switches, switches);
      });
    },
  };
  const backend = new SharedMemory();
  const all = { backend, name: "key7", clients: 2, search: "exhaustive", prune: false } as const;
  await exploreSchedules({ ...all, program: noting });
  return fewest;
}
