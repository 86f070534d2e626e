import { expect, test } from "vitest";
import { byReturn } from "./by-return.ts";
import { operation } from "./example.test-support.ts";
import { pick } from "./random-calls.ts";
import { seeded } from "./random-history.ts";

const seed = Number(process.env["SEED"] ?? Math.floor(Math.random() * 2 ** 31));

test("returns in order, whatever their times look like", () => {
  console.log(`seed ${seed}`);
  const random = seeded(seed);
  for (let round = 0; round < 2_000; round++) {
    const time = pick(random, [
      () => Math.floor(random() * 8),
      () => Math.floor(random() * 1_000),
      () => random() * 8,
      () => -Math.floor(random() * 8),
    ]);
    const operations = Array.from({ length: Math.floor(random() * 12) }, () => {
      const status = pick(random, ["ok", "ok", "info", "fail"] as const);
      return { ...operation, status, returned: status === "info" ? Infinity : time() };
    });
    const expected = [...operations.keys()]
      .filter((index) => operations[index]!.status === "ok")
      .sort((one, other) => operations[one]!.returned - operations[other]!.returned);
    expect([...byReturn(operations)]).toEqual(expected);
  }
});
