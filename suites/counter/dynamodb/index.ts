/** Every way of counting in DynamoDB, in the order of the matrix. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Strategy } from "../../../matrix/strategy.ts";
import * as adds from "./add.ts";
import * as conditional from "./conditional-put.ts";
import { getPut } from "./get-put.ts";
import * as simpledb from "./simpledb.ts";

export { setUp } from "./table.ts";

export const strategies: readonly Strategy<DynamoDBClient>[] = [
  getPut,
  conditional.conditionalPut,
  conditional.conditionalPutOnVersion,
  conditional.conditionalPutAfterStaleRead,
  conditional.conditionalPutRetried,
  conditional.conditionalPutRetriedAndResent,
  adds.add,
  adds.addResent,
  adds.transactAdd,
  adds.transactAddResent,
  simpledb.simpledbCounter,
  simpledb.simpledbCounterRetried,
  simpledb.simpledbCreatedUnconditionally,
  simpledb.simpledbNextRereads,
  simpledb.simpledbWrongType,
];
