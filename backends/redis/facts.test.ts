import { expect, test } from "vitest";
import { factsOfCommands } from "./facts.ts";
import { RespError } from "./resp.ts";

const told = (line: string, ...replies: unknown[]) =>
  factsOfCommands(
    line.split("; ").map((command) => command.split(" ")),
    replies,
  );
const a = { where: { ":key": "a" }, isAll: true };

test("what was read, as a driver's bytes or as a door's text", () => {
  const found = { ...a, does: "find", rows: 1, found: [{ columns: { "": "5" }, computed: {} }] };
  expect(told("GET a", Buffer.from("5"))).toEqual([found]);
  expect(told("GET a", "5")).toEqual([found]);
  expect(told("GET a", null)).toMatchObject([{ found: [{ columns: { "": null } }] }]);
  expect(told("HMGET a x y", ["1", null])).toMatchObject([
    { found: [{ columns: { x: "1", y: null } }] },
  ]);
  expect(told("HGETALL a", ["x", "1", "y", "2"])).toMatchObject([
    { found: [{ columns: { x: "1", y: "2" } }] },
  ]);
});

test("bytes that are no text have no value", () => {
  expect(told("GET a", Buffer.from([0xff, 0]))).toMatchObject([{ found: [{ columns: {} }] }]);
  expect(factsOfCommands([["SET", "a", Buffer.from([0xff, 0])]], ["OK"])).toMatchObject([
    { does: "change", assigned: { "": undefined } },
  ]);
});

test("what was written; NX makes a key, and only where there is none", () => {
  expect(told("SET a 1 PX 30", "OK")).toMatchObject([{ does: "change", assigned: { "": "1" } }]);
  expect(told("SET a token PX 30 NX", "OK")).toMatchObject([{ does: "insert", rows: 1 }]);
  expect(told("SET a token NX", null)).toMatchObject([{ does: "insert", rows: 0 }]);
  expect(told("HSET a x 1 y 2", 2)).toMatchObject([{ assigned: { x: "1", y: "2" } }]);
  expect(told("DEL a b", 2)).toMatchObject([{ does: "delete" }, { does: "delete" }]);
});

test("what the server worked out is not what the client wrote", () => {
  expect(told("INCR a", 6)).toEqual([
    { ...a, does: "change", rows: 1, assigned: { "": undefined }, became: { "": "6" } },
  ]);
});

test("MULTI … EXEC, whole and refused; a queue does nothing yet", () => {
  const multi = "MULTI; SET a 1; INCR b; EXEC";
  expect(told(multi, "OK", "QUEUED", "QUEUED", ["OK", 7])).toMatchObject([
    { assigned: { "": "1" } },
    { became: { "": "7" } },
  ]);
  expect(told(multi, "OK", "QUEUED", "QUEUED", null)).toEqual([]);
  expect(told("SET a 1", "QUEUED")).toEqual([]);
  expect(told("EXEC", ["OK"])).toBe(undefined);
});

test("scripts change the keys that they name; others may do anything", () => {
  expect(told("EVAL script 1 a b", 1)).toMatchObject([{ ...a, does: "change" }]);
  expect(told("EVAL script 1 a b", 1)?.[0]).not.toHaveProperty("assigned");
  expect(told("SORT a STORE b", 1)).toBe(undefined);
  expect(told("GET a", new RespError("WRONGTYPE no text"))).toEqual([]);
});
