import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Backend, open_gate, type Session } from "../../backends/backend.ts";
import { connectDynamodb } from "../../backends/dynamodb/backend.ts";
import { Counter, OutOfSyncError } from "../../suites/counter/dynamodb/simpledb-counter.ts";
import { read, setUp, table } from "../../suites/counter/dynamodb/table.ts";

const url = (): string =>
  process.env["RACEPROOF_DYNAMODB_ENDPOINT"] ?? inject("servers").dynamodb.url;

describe("the SimpleDB counter of 2010, on DynamoDB", () => {
  let backend: Backend<DynamoDBClient>;
  let session: Session<DynamoDBClient>;
  let client: DynamoDBClient;
  let name = "";
  let names = 0;
  beforeAll(async () => {
    backend = await connectDynamodb({ url: url() });
    session = await backend.open(open_gate);
    client = session.client;
    await setUp(client);
  });
  afterAll(() => backend[Symbol.asyncDispose]());

  /** A counter that nobody has opened yet. */
  const open = async (initial?: number): Promise<Counter> => {
    name = `counter-${++names}`;
    return Counter.open(client, table, name, initial);
  };
  const openAgain = (initial?: number): Promise<Counter> =>
    Counter.open(client, table, name, initial);

  it("begins at its initial value, 0 if none is given", async () => {
    expect(Number(await open())).toBe(0);
    expect(Number(await open(7))).toBe(7);
    expect(await read(client, name)).toBe(7);
  });

  it("opening never resets a live counter, with whatever initial value", async () => {
    const first = await open(0);
    await first.add(5);
    expect(Number(await openAgain(0))).toBe(5);
    expect(Number(await openAgain(99))).toBe(5);
    expect(await read(client, name)).toBe(5);
  });

  it("twenty instances that open a new counter at once all see the same one", async () => {
    name = `counter-${++names}`;
    const opened = await Promise.all(Array.from({ length: 20 }, (_, i) => openAgain(i)));
    expect(new Set(opened.map(Number)).size).toBe(1);
  });

  it("adds and subtracts whole numbers, also below zero", async () => {
    const counter = await open(10);
    await counter.add(5);
    await counter.subtract(20);
    expect([Number(counter), await read(client, name)]).toEqual([-5, -5]);
  });

  it("compares like a number", async () => {
    const counter = await open(3);
    const untyped = counter as unknown as number;
    expect([untyped < 4, untyped > 4, untyped + 1, +counter === 3]).toEqual([true, false, 4, true]);
  });

  it("a stale view is out of sync: nothing is written, the object holds the newest value, and may go on", async () => {
    const one = await open(0);
    const two = await openAgain();
    await one.add(4);
    await expect(two.add(1)).rejects.toThrow(OutOfSyncError);
    await expect(two.add(1)).resolves.toBe(two);
    expect([Number(two), await read(client, name)]).toEqual([5, 5]);
    await expect(one.subtract(1)).rejects.toThrow(
      `Counter was out of sync: "${name}" had changed since it was last seen.`,
    );
    expect([Number(one), one.timestamp]).toEqual([5, two.timestamp]);
  });

  it("of twenty stale views one is in time, and all are in sync afterwards", async () => {
    await open(0);
    const views = await Promise.all(Array.from({ length: 20 }, () => openAgain()));
    const outcomes = await Promise.allSettled(views.map((view) => view.add(1)));
    const errors = outcomes.flatMap((o) => (o.status === "rejected" ? [o.reason as unknown] : []));
    expect(errors).toHaveLength(19);
    for (const error of errors) expect(error).toBeInstanceOf(OutOfSyncError);
    expect(views.map(Number)).toEqual(views.map(() => 1));
  });

  it("the timestamp is the ISO 8601 time of the last update", async () => {
    const before = new Date().toISOString();
    const counter = await open();
    const created = counter.timestamp;
    expect(created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(created >= before && created <= new Date().toISOString()).toBe(true);
    await counter.add(1);
    expect(counter.timestamp >= created).toBe(true);
    expect((await openAgain()).timestamp).toBe(counter.timestamp);
  });

  it("counts in whole numbers that JavaScript can tell apart, and says so", async () => {
    const counter = await open(Number.MAX_SAFE_INTEGER);
    await expect(counter.add(0.5)).rejects.toThrow("A counter counts in whole numbers, not 0.5.");
    await expect(counter.add(1)).rejects.toThrow(RangeError);
    await expect(openAgain(Number.NaN)).rejects.toThrow(RangeError);
    expect(Number(counter)).toBe(Number.MAX_SAFE_INTEGER);
  });

  it("an item that is deleted or no counter is not taken for one", async () => {
    const counter = await open(3);
    await client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: name } } }));
    await expect(counter.add(1)).rejects.toThrow(
      `The item "${name}" is no counter, or was deleted.`,
    );
    expect(Number(counter)).toBe(3);
    await client.send(
      new PutItemCommand({ TableName: table, Item: { id: { S: name }, v: { S: "three" } } }),
    );
    await expect(openAgain()).rejects.toThrow("is no counter");
  });
});
