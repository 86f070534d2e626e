import { type DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import type { Strategy } from "../../../matrix/strategy.ts";
import { lost } from "../promises.ts";
import { prepare, read, table } from "./table.ts";

/** Between the two requests another client may write. */
export const getPut: Strategy<DynamoDBClient> = {
  name: "get-put",
  declared: lost,
  prepare,
  read,
  async run(client, id) {
    const next = (await read(client, id)) + 1;
    await client.send(
      new PutItemCommand({ TableName: table, Item: { id: { S: id }, v: { N: String(next) } } }),
    );
    return next;
  },
};
