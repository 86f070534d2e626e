/** HTTP/1.1, as the SDKs and DynamoDB write it. */
import { dynamodbWire } from "../../backends/dynamodb/wire.ts";
import type { Random } from "../../matrix/load/random.ts";
import { below, blob, pick, type Speech, several, word } from "./speech.ts";

function message(random: Random, first_line: string, headers: string[], body: Buffer): Buffer {
  if (random() < 0.7) {
    const head = [first_line, ...headers, `Content-Length: ${body.length}`, "", ""].join("\r\n");
    return Buffer.concat([Buffer.from(head), body]);
  }
  const head = [first_line, ...headers, "Transfer-Encoding: chunked", "", ""].join("\r\n");
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; ) {
    const part = body.subarray(at, at + 1 + below(random, body.length - at));
    chunks.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n"));
    at += part.length;
  }
  const end = pick(random, ["0\r\n\r\n", "0\r\nA: b\r\n\r\n"]);
  return Buffer.concat([Buffer.from(head), ...chunks, Buffer.from(end)]);
}

function asked(random: Random): Buffer {
  if (random() < 0.05) return Buffer.from("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  const operation = pick(random, ["GetItem", "PutItem", "UpdateItem", "Query", "CreateTable"]);
  const Item = Object.fromEntries(several(random, 4, () => [word(random), { S: word(random) }]));
  const input = { TableName: word(random), Key: { id: { S: word(random) } }, Item };
  const body = random() < 0.1 ? blob(random) : Buffer.from(JSON.stringify(input));
  return message(
    random,
    "POST / HTTP/1.1",
    ["Host: 127.0.0.1", `X-Amz-Target: DynamoDB_20120810.${operation}`],
    body,
  );
}

function answered(random: Random): Buffer {
  const status = pick(random, ["200 OK", "200 OK", "400 Bad Request", "500 Oh"]);
  const output = random() < 0.5 ? { Item: { v: { N: "1" } } } : { __type: "x#No", message: "no" };
  const body = random() < 0.1 ? blob(random) : Buffer.from(JSON.stringify(output));
  const answer = message(random, `HTTP/1.1 ${status}`, ["Server: Jetty"], body);
  return random() < 0.05
    ? Buffer.concat([Buffer.from("HTTP/1.1 100 Continue\r\n\r\n"), answer])
    : answer;
}

const learns = { key_names: new Map(), touched: () => undefined, created: () => undefined };

export const dynamodb: Speech = {
  wire: dynamodbWire(learns),
  hello: [],
  exchange: (random) => [{ asks: [asked(random)], answers: [answered(random)] }],
};
