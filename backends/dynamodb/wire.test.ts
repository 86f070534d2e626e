import { expect, test } from "vitest";
import type { Sent } from "../wire.ts";
import { tablesOf } from "./contents.ts";
import type { Learns } from "./request.ts";
import { dynamodbWire } from "./wire.ts";

const bodyOf = (value: object): string => JSON.stringify(value);
const post = (operation: string, body: string, more = ""): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nX-Amz-Target: DynamoDB_20120810.${operation}\r\n` +
  `${more}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const answer = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const get = bodyOf({ TableName: "Counter", Key: { id: { S: "é" } }, ConsistentRead: true });
const put = bodyOf({ TableName: "Counter", Item: { id: { S: "a" }, v: { N: "1" } } });

const learns = (created: string[] = []): Learns => ({
  key_names: new Map(),
  touched: () => undefined,
  created: (table) => created.push(table),
});

/** All cuts of the bytes into two pieces, and into single bytes. */
function* cuts(bytes: Buffer): Generator<Buffer[]> {
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
  yield Array.from(bytes, (byte) => Buffer.from([byte]));
}

const requestsOf = (sent: readonly Sent[]): string[] =>
  sent.flatMap((part) => (part.kind === "request" ? [part.request.statement] : []));

test("requests and answers, wherever they are cut", () => {
  const from_client = Buffer.from(post("GetItem", get) + post("PutItem", put));
  const from_server = Buffer.from(
    "HTTP/1.1 100 Continue\r\n\r\n" +
      answer("200 OK", bodyOf({ Item: { id: { S: "a" }, v: { N: "1" } } })) +
      answer("400 Bad Request", bodyOf({ __type: "com.amazon#Conditional", message: "no" })),
  );
  for (const pieces of cuts(from_client)) {
    const conversation = dynamodbWire(learns()).open();
    const sent = pieces.flatMap((piece) => conversation.fromClient(piece));
    expect(requestsOf(sent)).toEqual(["GetItem {id: é} consistent", "PutItem {id: a, v: 1}"]);
    expect(Buffer.concat(sent.map(({ bytes }) => bytes))).toEqual(from_client);
  }
  for (const pieces of cuts(from_server)) {
    const conversation = dynamodbWire(learns()).open();
    for (const part of conversation.fromClient(from_client))
      conversation.goes(part.kind === "request" ? part.expects : undefined);
    const received = pieces.flatMap((piece) => conversation.fromServer(piece));
    const replies = received.flatMap(({ reply }) => reply ?? []);
    expect(replies).toMatchObject([
      { word: "v = 1" },
      { error: { code: "Conditional", message: "no" } },
    ]);
    expect(Buffer.concat(received.map(({ bytes }) => bytes))).toEqual(from_server);
  }
});

test("chunks, and what may follow the last one", () => {
  const head = "POST / HTTP/1.1\r\nx-amz-target: D.GetItem\r\nTransfer-Encoding: chunked\r\n\r\n";
  const chunk = (text: string): string =>
    `${Buffer.byteLength(text).toString(16)};x=1\r\n${text}\r\n`;
  const body = chunk(get.slice(0, 9)) + chunk(get.slice(9));
  const bytes = Buffer.from(`${head}${body}0\r\n\r\n${head}${body}0\r\nA: b\r\nC: d\r\n\r\n`);
  for (const pieces of cuts(bytes)) {
    const conversation = dynamodbWire(learns()).open();
    const sent = pieces.flatMap((piece) => conversation.fromClient(piece));
    expect(requestsOf(sent)).toHaveLength(2);
    expect(Buffer.concat(sent.map((part) => part.bytes))).toEqual(bytes);
  }
});

test("what is no call passes, and so does what is no HTTP", () => {
  const conversation = dynamodbWire(learns()).open();
  const health = Buffer.from("GET /shell HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(conversation.fromClient(health)).toMatchObject([{ kind: "pass", bytes: health }]);
  const noise = Buffer.from("\x16\x03\x01 hello\r\n\r\n");
  expect(conversation.fromClient(noise)).toMatchObject([{ kind: "pass", bytes: noise }]);
});

test("a table is ours when the answer to its creation is no error", () => {
  const create = (TableName: string): string => post("CreateTable", bodyOf({ TableName }));
  const created: string[] = [];
  const conversation = dynamodbWire(learns(created)).open();
  for (const part of conversation.fromClient(Buffer.from(create("Mine") + create("Theirs"))))
    conversation.goes(part.kind === "request" ? part.expects : undefined);
  expect(created).toEqual([]);
  const refused = answer("400 Bad Request", bodyOf({ __type: "com.amazon#ResourceInUse" }));
  conversation.fromServer(Buffer.from(answer("200 OK", "{}") + refused));
  expect(created).toEqual(["Mine"]);
});

test("the tables that a request names", () => {
  const [Put, Get] = [{ TableName: "a" }, { TableName: "b" }];
  expect(tablesOf({ TransactItems: [{ Put }, { Get }] })).toEqual(["a", "b"]);
  expect(tablesOf({ RequestItems: { a: [], b: [] } })).toEqual(["a", "b"]);
  expect(tablesOf({ Statement: 'SELECT * FROM "my table"."index"' })).toEqual(["my table"]);
  const update = { Statement: "UPDATE Counter SET v = 1 WHERE id = 'a'" };
  expect(
    tablesOf({ TransactStatements: [update, { Statement: "INSERT INTO x VALUE {}" }] }),
  ).toEqual(["Counter", "x"]);
});
