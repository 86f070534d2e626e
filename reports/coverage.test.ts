/** What is said of the pairs of statements that a search has seen. */
import { expect, test } from "vitest";
import { coverageList } from "./coverage.ts";

test("a line for each pair that was seen in one order only", () => {
  const first = { client: 1, statement: "SELECT n FROM counter" };
  const second = { client: 2, statement: "UPDATE counter SET n = …" };
  expect(coverageList({ pairs: 4, oneOrder: [[first, second]] })).toBe(
    "Of 4 pairs of statements that touch the same table or key, 3 were seen in both orders.\n" +
      "  only client 1: SELECT n FROM counter before client 2: UPDATE counter SET n = …",
  );
});
