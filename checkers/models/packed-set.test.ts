import { expect, test } from "vitest";
import type { Call } from "../model.ts";
import { pick } from "../random-calls.ts";
import { seeded } from "../random-history.ts";
import { set } from "./set.ts";
import { setWithAnswers } from "./set-with-answers.ts";

const elements = Array.from({ length: 20 }, (_, element) => (element === 7 ? "a" : element));

test.each([set, setWithAnswers])("%o does the same with states that are packed", (make) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`seed ${seed}`);
  const random = seeded(seed);
  const counts = { possible: 0, impossible: 0 };
  for (let round = 0; round < 200; round++) {
    const some = elements.slice(0, 1 + Math.floor(random() * elements.length));
    const init = some.filter(() => random() < 0.3);
    const plain = make(init);
    const wanted: Call[] = Array.from({ length: 30 }, () => ({
      f: pick(random, ["add", "remove", "contains"]),
      input: pick(random, some),
      output: pick(random, [true, false, null, undefined]),
    }));
    const reads = [init, [...init, some[0]], some, undefined].map((output): Call => {
      return { f: "read", input: null, output };
    });
    const calls = [...wanted, ...reads];
    const packed = plain.packed!(calls);
    let state = plain.init;
    let packed_state: unknown = packed.init;
    for (let step = 0; step < 60; step++) {
      const call = pick(random, calls);
      const next = plain.step(state, call);
      const packed_next = packed.step(packed_state, call);
      counts[next === undefined ? "impossible" : "possible"]++;
      expect(packed_next === undefined, `seed ${seed}, round ${round}`).toBe(next === undefined);
      if (next === undefined) continue;
      expect(packed_next === packed_state, `seed ${seed}, round ${round}`).toBe(
        next.size === state.size && [...next].every((element) => state.has(element)),
      );
      [state, packed_state] = [next, packed_next];
    }
  }
  expect(counts.impossible).toBeGreaterThan(500);
});
