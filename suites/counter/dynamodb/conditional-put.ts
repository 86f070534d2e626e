import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { fails, kept } from "../../../matrix/promise.ts";
import { Refused, type Strategy } from "../../../matrix/strategy.ts";
import { counted_twice } from "../promises.ts";
import { prepare, read, table } from "./table.ts";

const attempts_max = 100;

/** Puts `seen + 1` if the value is still `seen`. */
async function putNext(client: DynamoDBClient, id: string, seen: number): Promise<number> {
  await client.send(
    new PutItemCommand({
      TableName: table,
      Item: { id: { S: id }, v: { N: String(seen + 1) } },
      ConditionExpression: "v = :seen",
      ExpressionAttributeValues: { ":seen": { N: String(seen) } },
    }),
  );
  return seen + 1;
}

/** The client that comes second gets an error. */
export const conditionalPut: Strategy<DynamoDBClient> = {
  name: "conditional-put",
  declared: fails("ConditionalCheckFailedException"),
  prepare,
  read,
  async run(client, id) {
    return putNext(client, id, await read(client, id));
  },
};

/** The read may be stale on AWS (never on DynamoDB Local): then the condition fails, and nothing is lost. */
export const conditionalPutAfterStaleRead: Strategy<DynamoDBClient> = {
  name: "conditional-put-after-eventually-consistent-read",
  declared: fails("ConditionalCheckFailedException"),
  prepare,
  read,
  async run(client, id) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { id: { S: id } } }),
    );
    return putNext(client, id, Number(Item?.["v"]?.N));
  },
};

/** Reads again and retries. */
export const conditionalPutRetried: Strategy<DynamoDBClient> = {
  name: "conditional-put-retried",
  declared: { ...kept, under_load: ["refused"] },
  prepare,
  read,
  async run(client, id, _, { backoff }) {
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      try {
        return await putNext(client, id, await read(client, id));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
      await backoff(attempt);
    }
    throw new Refused(`${id} had changed at each of ${attempts_max} attempts`);
  },
};

/**
 * The same with the SDK's defaults. When the reply is lost, the SDK sends the put again, and its condition
 * fails because the first put was applied: the SDK reports a conflict, and this code counts once more.
 */
export const conditionalPutRetriedAndResent: Strategy<DynamoDBClient> = {
  ...conditionalPutRetried,
  name: "conditional-put-retried-and-resent-by-sdk",
  declared: { ...kept, under_load: ["refused"], when: { reply_lost: counted_twice } },
  resend: true,
};

/** The condition fails after any change of the item, even one that leaves the value as it was. */
export const conditionalPutOnVersion: Strategy<DynamoDBClient> = {
  name: "conditional-put-on-version",
  declared: fails("ConditionalCheckFailedException"),
  async prepare(client, id) {
    const Item = { id: { S: id }, v: { N: "0" }, version: { N: "0" } };
    await client.send(new PutItemCommand({ TableName: table, Item }));
  },
  read,
  async run(client, id) {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key: { id: { S: id } }, ConsistentRead: true }),
    );
    const next = Number(Item?.["v"]?.N) + 1;
    const version = Number(Item?.["version"]?.N);
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: { id: { S: id }, v: { N: String(next) }, version: { N: String(version + 1) } },
        ConditionExpression: "version = :seen",
        ExpressionAttributeValues: { ":seen": { N: String(version) } },
      }),
    );
    return next;
  },
};
