import {
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from "@aws-sdk/client-dynamodb";
import { fails, kept } from "../../../matrix/promise.ts";
import { Refused, type Strategy } from "../../../matrix/strategy.ts";
import { lost } from "../promises.ts";
import { Counter, OutOfSyncError } from "./simpledb-counter.ts";
import { prepare, read, table } from "./table.ts";

const attempts_max = 100;

async function prepareWithoutItem(client: DynamoDBClient, id: string): Promise<void> {
  await client.send(new DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));
}

/**
 * Each application instance opens the counter when it starts; an increment fails if another instance counted
 * first.
 */
export const simpledbCounter: Strategy<DynamoDBClient> = {
  name: "simpledb-counter",
  declared: fails("refused"),
  prepare: prepareWithoutItem,
  read,
  async run(client, id) {
    const counter = await Counter.open(client, table, id, 0);
    return Number(await counter.add(1));
  },
};

/** After an out-of-sync error the object holds the newest value, so the next try may succeed. */
export const simpledbCounterRetried: Strategy<DynamoDBClient> = {
  name: "simpledb-counter-retried",
  declared: { ...kept, under_load: ["refused"] },
  prepare: prepareWithoutItem,
  read,
  async run(client, id, _, { backoff }) {
    const counter = await Counter.open(client, table, id, 0);
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      try {
        return Number(await counter.add(1));
      } catch (error) {
        if (!(error instanceof OutOfSyncError)) throw error;
      }
      await backoff(attempt);
    }
    throw new Refused(`${id} was out of sync at each of ${attempts_max} attempts`);
  },
};

/** "There is no counter yet, so put one": an instance that starts late resets what others have counted. */
export const simpledbCreatedUnconditionally: Strategy<DynamoDBClient> = {
  name: "simpledb-created-unconditionally",
  declared: { ...lost, fails: ["refused"] },
  prepare: prepareWithoutItem,
  read,
  async run(client, id) {
    const Key = { id: { S: id } };
    const { Item } = await client.send(
      new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
    );
    if (!Item) {
      await client.send(new PutItemCommand({ TableName: table, Item: { ...Key, v: { N: "0" } } }));
    }
    const counter = await Counter.open(client, table, id, 0);
    return Number(await counter.add(1));
  },
};

/** Counts correctly, but answers with a second read: two callers can get the same number. */
export const simpledbNextRereads: Strategy<DynamoDBClient> = {
  name: "simpledb-next-rereads",
  declared: { ...kept, fails: ["refused"], shows: ["not linearizable"] },
  prepare: prepareWithoutItem,
  read,
  async run(client, id) {
    const counter = await Counter.open(client, table, id, 0);
    await counter.add(1);
    return read(client, id);
  },
};

/** The number 0 is not the text "0": the condition never holds, and nobody ever counts. */
export const simpledbWrongType: Strategy<DynamoDBClient> = {
  name: "simpledb-expects-wrong-type",
  declared: { ...fails("ConditionalCheckFailedException"), progress: "none" },
  prepare,
  read,
  async run(client, id) {
    const seen = await read(client, id);
    await client.send(
      new PutItemCommand({
        TableName: table,
        Item: { id: { S: id }, v: { N: String(seen + 1) } },
        ConditionExpression: "v = :seen",
        ExpressionAttributeValues: { ":seen": { S: String(seen) } },
      }),
    );
    return seen + 1;
  },
};
