import { expect, test } from "vitest";
import { errorText } from "./error-text.ts";

test("an error is its stack, and those of its causes", () => {
  const error = new Error("cannot save", { cause: new TypeError("v is not a function") });
  const text = errorText(error);
  expect(text).toMatch(/^Error: cannot save\n +at .*error-text\.test\.ts/);
  expect(text).toMatch(/\ncaused by TypeError: v is not a function\n +at .*error-text\.test\.ts/);
});

test("one that tried several addresses has no message of its own", () => {
  const refused = ["::1", "127.0.0.1"].map((host) => new Error(`connect ECONNREFUSED ${host}`));
  const error = new AggregateError(refused);
  expect(errorText(error)).toContain("caused by Error: connect ECONNREFUSED 127.0.0.1");
});

test("a message that came after the stack is said, other fields are not", () => {
  const error = Object.assign(new Error("early"), { password: "hunter2" });
  expect(error.stack).toContain("early");
  error.message = "late";
  expect(errorText(error)).toMatch(/^Error: late\nError: early\n/);
  expect(errorText(error)).not.toContain("hunter2");
});

test("anything can be thrown", () => {
  const circle = new Error("round");
  circle.cause = circle;
  expect(errorText(circle).split("caused by")).toHaveLength(5);
  expect([undefined, "text", null, 5].map((thrown) => errorText(thrown))).toEqual([
    "undefined",
    "text",
    "null",
    "5",
  ]);
});
