import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { type ClientRequest, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as Sdk from "@aws-sdk/client-dynamodb";
import { describe, expect, inject, it } from "vitest";
import { type Backend, type Gate, open_gate, type Step } from "../../backends/backend.ts";
import { connectDynamodb } from "../../backends/dynamodb/backend.ts";
import { startLocal } from "../../servers/local.ts";
import { backendContract, type Fixtures, type Provoked } from "../contract.ts";

type Client = Sdk.DynamoDBClient;

const url = (): string =>
  process.env["RACEPROOF_DYNAMODB_ENDPOINT"] ?? inject("servers").dynamodb.url;

async function asOutsider<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const credentials = { accessKeyId: "raceproof", secretAccessKey: "raceproof" };
  const client = new Sdk.DynamoDBClient({ endpoint: url(), region: "us-east-1", credentials });
  try {
    return await work(client);
  } finally {
    client.destroy();
  }
}

const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => new Error("nothing went wrong"),
    (error: unknown) => error,
  );

/** A table for each backend of the contract, by the clients of that backend. */
const tables = new WeakMap<Client, string>();
let backends = 0;
const tableOf = (client: Client): string => tables.get(client) ?? "raceproof-contract-0";

async function connect(endpoint: string = url()): Promise<Backend<Client>> {
  const backend = await connectDynamodb({ url: endpoint });
  const table = `raceproof-contract-${process.pid}-${++backends}`;
  const open = backend.open.bind(backend);
  backend.open = async (...args) => {
    const session = await open(...args);
    tables.set(session.client, table);
    return session;
  };
  return backend;
}

async function prepare(client: Client, key: string): Promise<void> {
  const TableName = tableOf(client);
  const creating = client.send(
    new Sdk.CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await creating.catch((error: unknown) => {
    if (!(error instanceof Sdk.ResourceInUseException)) throw error;
  });
  await put(client, key, 0);
}

const put = (client: Client, key: string, value: number) =>
  client.send(
    new Sdk.PutItemCommand({
      TableName: tableOf(client),
      Item: { id: { S: key }, v: { N: String(value) } },
    }),
  );

const addTo = (client: Client, key: string): Sdk.Update => ({
  TableName: tableOf(client),
  Key: { id: { S: key } },
  UpdateExpression: "ADD v :one",
  ExpressionAttributeValues: { ":one": { N: "1" } },
});

const increment = (client: Client, key: string) =>
  client.send(new Sdk.UpdateItemCommand(addTo(client, key)));

const putIf = (client: Client, key: string, expected: number, value: number) =>
  client.send(
    new Sdk.PutItemCommand({
      TableName: tableOf(client),
      Item: { id: { S: key }, v: { N: String(value) } },
      ConditionExpression: "v = :old",
      ExpressionAttributeValues: { ":old": { N: String(expected) } },
    }),
  );

async function read(client: Client, key: string): Promise<number> {
  const { Item } = await client.send(
    new Sdk.GetItemCommand({
      TableName: tableOf(client),
      Key: { id: { S: key } },
      ConsistentRead: true,
    }),
  );
  return Number(Item?.["v"]?.N);
}

function provoking(
  outcome: Provoked["outcome"],
  code: string,
  clash: (client: Client, key: string, lose: () => void) => Promise<unknown>,
  options: { resend?: boolean } = {},
): Fixtures<Client>["provoke"][string] {
  return async (backend, key) => {
    await using session = await backend.open(open_gate, options);
    const error = await errorOf(clash(session.client, key, () => session.loseNextReply()));
    return { error, outcome, code };
  };
}

/** Resolves when the operating system has the whole of the next HTTP request. */
function nextRequestSent(): Promise<void> {
  return new Promise((resolve) => {
    const started = (message: unknown): void => {
      unsubscribe("http.client.request.start", started);
      (message as { request: ClientRequest }).request.once("finish", resolve);
    };
    subscribe("http.client.request.start", started);
  });
}

const fixtures: Fixtures<Client> = {
  connect,
  outside: () =>
    asOutsider(async (client) => {
      const { TableNames } = await client.send(new Sdk.ListTablesCommand({}));
      return TableNames?.filter((name) => name.startsWith(`raceproof-contract-${process.pid}-`));
    }),
  prepare,
  async write(client, key, value) {
    await put(client, key, value);
  },
  read,
  async increment(client, key) {
    await increment(client, key);
  },
  /** A stopped server takes requests and does not answer; then it is killed. */
  async loseServer() {
    await using server = await startLocal("dynamodb", { settings: "fast", progress: () => {} });
    await using backend = await connect(server.url);
    await using session = await backend.open(open_gate);
    await prepare(session.client, "k");
    await server.pause();
    const sent = nextRequestSent();
    const lost = errorOf(increment(session.client, "k"));
    await sent;
    await server.kill();
    return await lost;
  },
  async refuse(backend, key) {
    const closed = await backend.open(open_gate);
    await closed[Symbol.asyncDispose]();
    await using sound = await backend.open(open_gate);
    const nobody = new Sdk.DynamoDBClient({
      endpoint: "http://127.0.0.1:1",
      region: "us-east-1",
      credentials: { accessKeyId: "raceproof", secretAccessKey: "raceproof" },
      maxAttempts: 1,
    });
    const no_key = { TableName: tableOf(sound.client), Key: undefined };
    return [
      await errorOf(increment(closed.client, key)),
      await errorOf(sound.client.send(new Sdk.DeleteItemCommand(no_key))),
      await errorOf(increment(nobody, key)),
      await errorOf(connectDynamodb({ url: "http://127.0.0.1:1" })),
    ];
  },
  provoke: {
    "condition not met": provoking("fail", "ConditionalCheckFailedException", (client, key) =>
      putIf(client, key, 7, 8),
    ),
    "condition not met at the second attempt, though the first was applied": async (
      backend,
      key,
    ) => {
      await using session = await backend.open(open_gate, { resend: true });
      session.loseNextReply();
      const error = await errorOf(putIf(session.client, key, 0, 1));
      expect(await read(session.client, key)).toBe(1);
      return { error, outcome: "info", code: "ConditionalCheckFailedException" };
    },
    "transaction cancelled": provoking("fail", "TransactionCanceledException", (client, key) =>
      client.send(
        new Sdk.TransactWriteItemsCommand({
          TransactItems: [{ Update: { ...addTo(client, key), ConditionExpression: "v > :one" } }],
        }),
      ),
    ),
    "wrong type": provoking("fail", "ValidationException", (client, key) =>
      client.send(
        new Sdk.UpdateItemCommand({
          ...addTo(client, key),
          ExpressionAttributeValues: { ":one": { S: "1" } },
        }),
      ),
    ),
    "no such table": provoking("fail", "ResourceNotFoundException", (client, key) =>
      client.send(new Sdk.GetItemCommand({ TableName: "raceproof-none", Key: { id: { S: key } } })),
    ),
    "the table is there": provoking("fail", "ResourceInUseException", async (client) => {
      await client.send(
        new Sdk.CreateTableCommand({
          TableName: tableOf(client),
          AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
          KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
          BillingMode: "PAY_PER_REQUEST",
        }),
      );
    }),
    "reply lost": provoking("info", "ECONNRESET", (client, key, lose) => {
      lose();
      return increment(client, key);
    }),
  },
};

backendContract("dynamodb", fixtures);

/** Lets everything pass and writes it down: `statement → reply`. */
class Ledger implements Gate {
  readonly lines: string[] = [];
  readonly steps: Step[] = [];
  async pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    this.steps.push(step);
    try {
      const reply = await send();
      this.lines.push(`${step.statement} → ${step.describe(reply)}`);
      return reply;
    } catch (error) {
      this.lines.push(`${step.statement} → ${(error as Error).name}`);
      throw error;
    }
  }
}

describe("steps of the AWS SDK", () => {
  it("every request is a step in words; a put knows its key once another request has named it", async () => {
    await using backend = await connect();
    const ledger = new Ledger();
    await using session = await backend.open(ledger);
    const { client } = session;
    await prepare(client, "a");
    await read(client, "a");
    await putIf(client, "a", 0, 4);
    await errorOf(putIf(client, "a", 0, 4));
    await client.send(
      new Sdk.UpdateItemCommand({ ...addTo(client, "a"), ReturnValues: "ALL_NEW" }),
    );
    await client.send(
      new Sdk.TransactWriteItemsCommand({ TransactItems: [{ Update: addTo(client, "a") }] }),
    );
    const table = tableOf(client);
    expect(ledger.lines).toEqual([
      `CreateTable ${table} → OK`,
      "PutItem {id: a, v: 0} → OK",
      "GetItem {id: a} consistent → v = 0",
      "PutItem {id: a, v: 4} if v = 0 → OK",
      "PutItem {id: a, v: 4} if v = 0 → ConditionalCheckFailedException",
      "UpdateItem {id: a} ADD v 1 → v = 5",
      "TransactWriteItems [Update {id: a} ADD v 1] → OK",
    ]);
    expect(ledger.steps.map((step) => step.kind)).toEqual([
      "write",
      "write",
      "read",
      "write",
      "write",
      "write",
      "write",
    ]);
    const item = `${table}{id: a}`;
    expect(ledger.steps.slice(1).map((step) => step.keys)).toEqual([
      undefined,
      ...Array.from({ length: 5 }, () => [item]),
    ]);
  });

  it.each([
    ["ADD counts twice", increment, 2],
    [
      "a transaction counts once, thanks to its token",
      (client: Client, key: string) =>
        client.send(
          new Sdk.TransactWriteItemsCommand({ TransactItems: [{ Update: addTo(client, key) }] }),
        ),
      1,
    ],
  ])("each attempt of the SDK's own retry is a step: %s", async (_, add, expected) => {
    await using backend = await connect();
    await using setup = await backend.open(open_gate);
    await prepare(setup.client, "a");
    const ledger = new Ledger();
    await using session = await backend.open(ledger, { resend: true });
    session.loseNextReply();
    await add(session.client, "a");
    expect(session.alive).toBe(true);
    expect(ledger.lines.map((line) => line.replace(/^.* → /, ""))).toEqual(["TimeoutError", "OK"]);
    expect(await read(setup.client, "a")).toBe(expected);
  });
});

const sentence = async (bad: string): Promise<string> =>
  String(await errorOf(connectDynamodb({ url: bad })));

describe("what cannot be connected to is said in one sentence, in time", () => {
  it("nobody listens", async () => {
    expect(await sentence("http://127.0.0.1:1")).toBe(
      "CannotConnect: Nobody listens at 127.0.0.1:1: start DynamoDB there or correct its URL.",
    );
  });
  it.each(["", "127.0.0.1:8000", "redis://127.0.0.1"])("no URL: %j", async (bad) => {
    expect(await sentence(bad)).toMatch(
      /^CannotConnect: The URL of DynamoDB cannot be read .*: write http:\/\/127/,
    );
  });
  it.each([
    ["PostgreSQL", "postgres"],
    ["MySQL", "mysql"],
    ["Redis", "redis"],
  ] as const)("%s answers", async (who, kind) => {
    const { host } = new URL(inject("servers")[kind].url);
    expect(await sentence(`http://${host}`)).toBe(
      `CannotConnect: At ${host} answers ${who}, not DynamoDB: correct the URL.`,
    );
  });
  it("an HTTP server that is none of DynamoDB answers", async () => {
    const other = createServer((_request, response) => response.end("hello")).listen(
      0,
      "127.0.0.1",
    );
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    expect(await sentence(`http://127.0.0.1:${port}`)).toBe(
      `CannotConnect: At 127.0.0.1:${port} answers an HTTP server, not DynamoDB: correct the URL.`,
    );
    other.close();
  });
});
