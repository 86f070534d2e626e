import { expect, it } from "vitest";
import type { Step } from "./backend.ts";
import { Turnstile } from "./turnstile.ts";

const step = (statement: string): Step => ({
  statement,
  kind: "write",
  keys: undefined,
  describe: () => "",
});

it("brings steps to the gate one after the other, also after one that failed", async () => {
  const seen: string[] = [];
  const turnstile = new Turnstile({
    async pass({ statement }, send) {
      seen.push(`in ${statement}`);
      try {
        return await send();
      } finally {
        seen.push(`out ${statement}`);
      }
    },
  });
  const answers = await Promise.allSettled(
    ["a", "b", "c"].map((name) =>
      turnstile.pass(step(name), async () => {
        await Promise.resolve();
        if (name === "b") throw new Error("b failed");
        return name;
      }),
    ),
  );
  expect(seen).toEqual(["in a", "out a", "in b", "out b", "in c", "out c"]);
  expect(answers.map((answer) => answer.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
});

it("lets a step in at once when nobody is before it", async () => {
  let arrived = false;
  const turnstile = new Turnstile({
    pass: (_step, send) => {
      arrived = true;
      return send();
    },
  });
  const passed = turnstile.pass(step("a"), () => Promise.resolve(1));
  expect(arrived).toBe(true);
  expect(await passed).toBe(1);
});
