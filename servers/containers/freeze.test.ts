import { expect, test } from "vitest";
import { freeze } from "./freeze.ts";

const answering = (...answers: (string | undefined)[]) => ({
  asked: 0,
  async pause() {
    const answer = answers[this.asked++];
    if (answer !== undefined) throw new Error(answer);
  },
});
const withstands = "OCI runtime pause failed: unable to freeze: unknown";

test("a container that withstands is asked until it is frozen", async () => {
  const container = answering(withstands, withstands, undefined);
  await freeze(container);
  expect(container.asked).toBe(3);
});

test("any other refusal is passed on at once", async () => {
  const container = answering("No such container", undefined);
  await expect(freeze(container)).rejects.toThrow("No such container");
  expect(container.asked).toBe(1);
});
