import { describe, expect, test } from "vitest";
import { bruteForce } from "../brute-force.ts";
import { validHistory } from "../constructed/histories.ts";
import { kinds as constructed } from "../constructed/kinds.ts";
import { models } from "../models/index.ts";
import { kinds, someHistory } from "../random-calls.ts";
import { seeded } from "../random-history.ts";
import { checkerFor } from "../select.ts";
import { fromNowhere } from "./from-nowhere.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env["ROUNDS"] ?? 200_000) / 40;

describe(`what is found is impossible, says brute force (seed ${seed})`, () => {
  test.each(Object.keys(kinds))("%s", (name) => {
    const random = seeded(seed);
    const model = models[name]!();
    let found = 0;
    for (let round = 0; round < rounds; round++) {
      const size = 2 + Math.floor(random() * 6);
      const operations = someHistory(model, kinds[name]!, size, random);
      const told = fromNowhere(name, operations, model.init);
      if (told === undefined) continue;
      found++;
      const where = `seed ${seed}, round ${round}: ${JSON.stringify(operations)}`;
      expect(bruteForce(operations, model), where).toBe(false);
      expect(bruteForce(told.operations, model), where).toBe(false);
      expect(told.operations, where).toContain(told.blocked);
    }
    console.log(`seed ${seed}, ${name}: ${found} of ${rounds} found`);
    expect(found).toBeGreaterThanOrEqual(name === "mutex" ? 0 : rounds / 100);
  });
});

const look = {
  ...{ operations: 2_000, clients: 30, values: 5, bias: 1, twins: 0.2 },
  ...{ crashed: 0.02, failed: 0.02, intervals: "wide" as const },
};
const with_answers = Object.entries(constructed).filter(
  ([name, kind]) =>
    models[name] !== undefined && name !== "multi-register" && kind.nonsense !== undefined,
);

describe(`large histories (seed ${seed})`, () => {
  test.each(with_answers)(
    "%s: nothing in a valid one, one answer changed is found",
    async (name, kind) => {
      const random = seeded(seed);
      const model = kind.make();
      const operations = validHistory(kind, look, random);
      expect(fromNowhere(name, operations, model.init)).toBeUndefined();
      const at = operations.findLastIndex(
        (each) => each.status === "ok" && kind.nonsense!(each) !== undefined,
      );
      const output = kind.nonsense!(operations[at]!);
      const wrong = operations.with(at, { ...operations[at]!, output });
      expect(fromNowhere(name, wrong, model.init)?.blocked).toBe(wrong[at]);
      // Within limits that are too tight for the search to decide anything.
      const told = await checkerFor(name).check(
        { header: undefined, operations: wrong },
        { timeoutMs: 0 },
      );
      expect(told.verdict).toBe("invalid");
    },
  );
});
