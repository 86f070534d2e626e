import {
  CreateTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  ResourceInUseException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { Refused, type Strategy } from "../../matrix/strategy.ts";
import { newName } from "../../owners/run-mark.ts";
import { overdraws, right, underLoad, wrongTotal } from "./promises.ts";
import { accounts, type Balances, first_balances, mustCover, type Transfer } from "./transfer.ts";

/** The name is different in each process, so that nobody else's table is touched. */
const table = `raceproof-bank-${newName()}`;

const creation_limit_s = 30;

/** Creates the table; each account is an item. The backend deletes it at the end. */
export async function setUp(client: DynamoDBClient): Promise<void> {
  const create = new CreateTableCommand({
    TableName: table,
    AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
    KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    BillingMode: "PAY_PER_REQUEST",
  });
  await client.send(create).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error;
  });
  await waitUntilTableExists({ client, maxWaitTime: creation_limit_s }, { TableName: table });
}

const keyOf = (bank: string, name: string) => ({ id: { S: `${bank}/${name}` } });

async function put(client: DynamoDBClient, bank: string, name: string, balance: number) {
  const Item = { ...keyOf(bank, name), balance: { N: String(balance) } };
  await client.send(new PutItemCommand({ TableName: table, Item }));
}

/** The balances of several accounts at one moment. */
async function balancesOf(
  client: DynamoDBClient,
  bank: string,
  names: readonly string[],
): Promise<Balances> {
  const { Responses = [] } = await client.send(
    new TransactGetItemsCommand({
      TransactItems: names.map((name) => ({ Get: { TableName: table, Key: keyOf(bank, name) } })),
    }),
  );
  const balances = Responses.map(({ Item }) => Number(Item?.["balance"]?.N));
  return Object.fromEntries(names.map((name, i) => [name, balances[i]!]));
}

const at_first = {
  async prepare(client: DynamoDBClient, bank: string): Promise<void> {
    for (const name of accounts) await put(client, bank, name, first_balances[name]!);
  },
  read: (client: DynamoDBClient, bank: string) => balancesOf(client, bank, accounts),
};

/** Reads both accounts, computes in the application, and puts both. */
const getPut: Strategy<DynamoDBClient, Transfer> = {
  ...at_first,
  name: "get-put",
  declared: wrongTotal,
  async run(client, bank, { input }) {
    const { from, to, amount } = input;
    const balances = await balancesOf(client, bank, [from, to]);
    mustCover(balances[from], input);
    await put(client, bank, from, balances[from]! - amount);
    await put(client, bank, to, balances[to]! + amount);
  },
};

/** Adds to a balance; with `least`, only if the balance is at least that. */
function addition(bank: string, name: string, amount: number, least?: number): TransactWriteItem {
  const condition = least === undefined ? {} : { ConditionExpression: "balance >= :least" };
  const values = least === undefined ? {} : { ":least": { N: String(least) } };
  return {
    Update: {
      TableName: table,
      Key: keyOf(bank, name),
      UpdateExpression: "ADD balance :amount",
      ExpressionAttributeValues: { ":amount": { N: String(amount) }, ...values },
      ...condition,
    },
  };
}

/**
 * DynamoDB does the arithmetic, and the transaction makes both changes or none; but the balance was checked
 * earlier.
 */
const transactWriteAfterCheck: Strategy<DynamoDBClient, Transfer> = {
  ...at_first,
  name: "transact-write-after-check",
  declared: underLoad(overdraws, "TransactionCanceledException"),
  async run(client, bank, { input }) {
    const { from, to, amount } = input;
    mustCover((await balancesOf(client, bank, [from]))[from], input);
    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [addition(bank, from, -amount), addition(bank, to, amount)],
      }),
    );
  },
};

const isUncovered = (error: unknown): boolean =>
  error instanceof TransactionCanceledException &&
  (error.CancellationReasons ?? []).some(({ Code }) => Code === "ConditionalCheckFailed");

/** The transaction that moves the money also checks that it is there. */
const transactWrite: Strategy<DynamoDBClient, Transfer> = {
  ...at_first,
  name: "transact-write",
  declared: underLoad(right, "TransactionCanceledException"),
  async run(client, bank, { input: { from, to, amount } }) {
    const transfer = new TransactWriteItemsCommand({
      TransactItems: [addition(bank, from, -amount, amount), addition(bank, to, amount)],
    });
    await client.send(transfer).catch((error: unknown) => {
      if (!isUncovered(error)) throw error;
      throw new Refused(`there is less than ${amount} on account ${from}`);
    });
  },
};

export const strategies: readonly Strategy<DynamoDBClient, Transfer>[] = [
  getPut,
  transactWriteAfterCheck,
  transactWrite,
];
