import { expect, test } from "vitest";
import { factsOfRequest } from "./facts.ts";
import type { Action, Output } from "./request.ts";

const key_names = new Map([["Account", ["id"]]]);
const told = (operation: string, action: Action, output: Output = {}) =>
  factsOfRequest(operation, { TableName: "Account", ...action }, output, key_names);
const at = { table: "Account", where: { id: "a" }, isAll: true };
const key = { Key: { id: { S: "a" } } };

test("an item that was read, without its bytes", () => {
  const Item = { v: { N: "5" }, on: { BOOL: true }, seal: { B: new Uint8Array([1]) } };
  expect(told("GetItem", key, { Item })).toEqual([
    { ...at, does: "find", rows: 1, found: [{ columns: { v: "5", on: "true" }, computed: {} }] },
  ]);
  expect(told("GetItem", key)).toMatchObject([{ rows: 0, found: [] }]);
});

test("a put names its item once its key is known", () => {
  const put = { Item: { id: { S: "a" }, v: { N: "1" } } };
  expect(told("PutItem", put)).toEqual([
    { ...at, does: "change", rows: 1, assigned: { id: "a", v: "1" } },
  ]);
  expect(told("PutItem", { ...put, TableName: "Other" })).toBe(undefined);
});

test("an update tells what it sets outright, and what became of the rest", () => {
  const update = {
    ...key,
    UpdateExpression: "SET #v = :one, w = if_not_exists(w, :one) ADD n :one REMOVE x",
    ExpressionAttributeNames: { "#v": "v" },
    ExpressionAttributeValues: { ":one": { N: "1" } },
    ReturnValues: "UPDATED_NEW",
  };
  expect(told("UpdateItem", update, { Attributes: { n: { N: "6" } } })).toEqual([
    {
      ...at,
      does: "change",
      rows: 1,
      assigned: { v: "1", w: undefined, n: undefined, x: null },
      became: { n: "6" },
    },
  ]);
  expect(told("UpdateItem", { ...update, UpdateExpression: "SET a.b = :one" })).toBe(undefined);
});

test("a transaction tells of each of its items; a query may have shown anything", () => {
  const both = { TransactItems: [{ Put: { TableName: "Account", Item: { id: { S: "a" } } } }] };
  expect(told("TransactWriteItems", both)).toMatchObject([{ ...at, does: "change" }]);
  const get = { TransactItems: [{ Get: { TableName: "Account", ...key } }] };
  expect(told("TransactGetItems", get, { Responses: [{ Item: { v: { N: "5" } } }] })).toMatchObject(
    [{ ...at, does: "find", rows: 1, found: [{ columns: { v: "5" } }] }],
  );
  expect(told("Query", {})).toBe(undefined);
});
