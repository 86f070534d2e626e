import { expect, test } from "vitest";
import { orderInWords, serialOrders } from "./orders.ts";

test.each([
  [
    [1, 1],
    ["12", "21", "1", "2", ""],
  ],
  [
    [2, 1],
    ["112", "121", "211", "11", "12", "12", "21", "21", "1", "1", "2", ""],
  ],
])("%j: all of them first, then those in which some are absent", (operations, expected) => {
  const orders = serialOrders(operations)!;
  expect(orders.map((order) => order.map(({ client }) => client).join("")).toSorted()).toEqual(
    expected.toSorted(),
  );
  expect(orders[0]).toHaveLength(operations.reduce((sum, count) => sum + count));
  expect(orders.at(-1)).toEqual([]);
});

test("more than can be tried are none", () => {
  expect(serialOrders([1, 1, 1, 1])).toHaveLength(65);
  expect(serialOrders([1, 1, 1, 1, 1])).toBeUndefined();
});

test("in words", () => {
  const [first] = serialOrders([1, 1])!;
  expect(orderInWords(first!)).toBe("client 1, then client 2");
  expect(orderInWords([])).toBe("none of the clients");
});
