import {
  type DynamoDBClient,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { counted_twice, lost_update } from "../promises.ts";
import { prepare, read, table } from "./table.ts";

const one = { ":one": { N: "1" } };

/** The server adds: no client reads first. */
export const add: Strategy<DynamoDBClient> = {
  name: "add",
  declared: kept,
  prepare,
  read,
  async run(client, id) {
    const { Attributes } = await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { id: { S: id } },
        UpdateExpression: "ADD v :one",
        ExpressionAttributeValues: one,
        ReturnValues: "UPDATED_NEW",
      }),
    );
    return Number(Attributes?.["v"]?.N);
  },
};

/** The same with the SDK's defaults: after a lost reply it sends the request again. */
export const addResent: Strategy<DynamoDBClient> = {
  ...add,
  name: "add-resent-by-sdk",
  declared: { ...kept, when: { reply_lost: counted_twice } },
  resend: true,
};

/**
 * The SDK gives each transaction a token, by which the server recognizes a request that is sent again.
 *
 * DynamoDB Local 3.3.0 acknowledges a transaction a moment before it has written it: 30 kills lost 16 transactions
 * (with `-dbPath`; a single ADD or conditional put was never lost). AWS promises that this does not happen.
 */
export const transactAdd: Strategy<DynamoDBClient> = {
  name: "transact-add",
  declared: { ...kept, when: { killed: lost_update } },
  prepare,
  read,
  async run(client, id) {
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          {
            Update: {
              TableName: table,
              Key: { id: { S: id } },
              UpdateExpression: "ADD v :one",
              ExpressionAttributeValues: one,
            },
          },
        ],
      }),
    );
  },
};

/** The same with the SDK's defaults: the request that it sends again carries the same token, and counts once. */
export const transactAddResent: Strategy<DynamoDBClient> = {
  ...transactAdd,
  name: "transact-add-resent-by-sdk",
  resend: true,
};
