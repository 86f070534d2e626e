import type { Client } from "pg";
import { byLevel, type Declared, type Promised } from "../../matrix/promise.ts";
import { Refused, type Strategy } from "../../matrix/strategy.ts";
import { inTransaction } from "../transaction/postgres.ts";
import { fails, overdraws, right, underLoad, wrongTotal } from "./promises.ts";
import { type Balances, first_balances, mustCover, type Transfer } from "./transfer.ts";

export async function setUp(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS Account (
      bank    text NOT NULL,
      name    text NOT NULL,
      balance integer NOT NULL,
      PRIMARY KEY (bank, name)
    )`);
}

/** Two transfers in opposite directions lock the two rows in opposite order. */
const deadlock = "40P01";
/** The row has changed since the transaction's snapshot was taken. */
const changed = "40001";

const serially = underLoad(fails(changed), deadlock);
const inTransactionOf = (below: Promised): Declared => {
  const locking = underLoad(below, deadlock);
  return byLevel(locking, locking, serially, serially);
};

const at_first = {
  async prepare(client: Client, bank: string): Promise<void> {
    const { a, b, c } = first_balances;
    await client.query(
      `INSERT INTO Account VALUES ($1, 'a', $2), ($1, 'b', $3), ($1, 'c', $4)
       ON CONFLICT (bank, name) DO UPDATE SET balance = EXCLUDED.balance`,
      [bank, a, b, c],
    );
  },
  async read(client: Client, bank: string): Promise<Balances> {
    const { rows } = await client.query("SELECT name, balance FROM Account WHERE bank = $1", [
      bank,
    ]);
    return Object.fromEntries(rows.map(({ name, balance }) => [name, balance]));
  },
};

async function balancesOf(
  client: Client,
  bank: string,
  { from, to }: Transfer,
  lock = "",
): Promise<{ readonly payer: number; readonly payee: number }> {
  const { rows } = await client.query(
    `SELECT name, balance FROM Account WHERE bank = $1 AND name IN ($2, $3) ORDER BY name ${lock}`,
    [bank, from, to],
  );
  const of = (name: string): number => rows.find((row) => row.name === name).balance;
  return { payer: of(from), payee: of(to) };
}

async function set(client: Client, bank: string, name: string, balance: number): Promise<void> {
  await client.query("UPDATE Account SET balance = $1 WHERE bank = $2 AND name = $3", [
    balance,
    bank,
    name,
  ]);
}

async function add(client: Client, bank: string, name: string, amount: number): Promise<void> {
  await client.query("UPDATE Account SET balance = balance + $1 WHERE bank = $2 AND name = $3", [
    amount,
    bank,
    name,
  ]);
}

/** Reads both accounts, computes in the application, and writes both. */
async function readAndWrite(client: Client, bank: string, transfer: Transfer, lock = "") {
  const { payer, payee } = await balancesOf(client, bank, transfer, lock);
  mustCover(payer, transfer);
  await set(client, bank, transfer.from, payer - transfer.amount);
  await set(client, bank, transfer.to, payee + transfer.amount);
}

/** Each statement is a transaction of its own. */
const readWrite: Strategy<Client, Transfer> = {
  ...at_first,
  name: "read-write",
  declared: underLoad(wrongTotal, changed),
  run: (client, bank, { input }) => readAndWrite(client, bank, input),
};

/** "It is in a transaction, so it is safe": only at REPEATABLE READ and above, and there it fails instead. */
const readWriteInTransaction: Strategy<Client, Transfer> = {
  ...at_first,
  name: "read-write-in-transaction",
  declared: inTransactionOf(wrongTotal),
  run: (client, bank, { input }) => inTransaction(client, () => readAndWrite(client, bank, input)),
};

/** Locks both rows when it reads them, always in the order of their names, so there is no deadlock. */
const selectForUpdate: Strategy<Client, Transfer> = {
  ...at_first,
  name: "select-for-update",
  declared: byLevel(right, right, fails(changed), fails(changed)),
  run: (client, bank, { input }) =>
    inTransaction(client, () => readAndWrite(client, bank, input, "FOR UPDATE")),
};

/** The database does the arithmetic, so no transfer is lost; but the balance was checked earlier. */
const inPlaceAfterCheck: Strategy<Client, Transfer> = {
  ...at_first,
  name: "in-place-after-check",
  declared: inTransactionOf(overdraws),
  run: (client, bank, { input }) =>
    inTransaction(client, async () => {
      const { payer } = await balancesOf(client, bank, input);
      mustCover(payer, input);
      await add(client, bank, input.from, -input.amount);
      await add(client, bank, input.to, input.amount);
    }),
};

/** Takes the money, if there is enough, in one statement, and gives it in another. */
async function takeAndGive(client: Client, bank: string, transfer: Transfer): Promise<void> {
  const { from, to, amount } = transfer;
  const { rowCount } = await client.query(
    `UPDATE Account SET balance = balance - $1
     WHERE bank = $2 AND name = $3 AND balance >= $1`,
    [amount, bank, from],
  );
  if (rowCount === 0) throw new Refused(`there is less than ${amount} on account ${from}`);
  await add(client, bank, to, amount);
}

/** The statement that takes the money also checks that it is there. */
const inPlace: Strategy<Client, Transfer> = {
  ...at_first,
  name: "in-place",
  declared: inTransactionOf(right),
  run: (client, bank, { input }) => inTransaction(client, () => takeAndGive(client, bank, input)),
};

/**
 * The same two statements without a transaction: in between, or for ever if the client fails there, the money is
 * on no account.
 */
const inPlaceWithoutTransaction: Strategy<Client, Transfer> = {
  ...at_first,
  name: "in-place-without-transaction",
  declared: {
    ...underLoad(right, "wrong total", changed),
    when: { reply_lost: ["wrong total"] },
  },
  run: (client, bank, { input }) => takeAndGive(client, bank, input),
};

/** All in one statement, which is a transaction by itself. */
const oneStatement: Strategy<Client, Transfer> = {
  ...at_first,
  name: "one-statement",
  declared: underLoad(right, deadlock, changed),
  async run(client, bank, { input: { from, to, amount } }) {
    const { rowCount } = await client.query(
      `WITH taken AS (
         UPDATE Account SET balance = balance - $1
         WHERE bank = $2 AND name = $3 AND balance >= $1
         RETURNING 1
       )
       UPDATE Account SET balance = balance + $1
       WHERE bank = $2 AND name = $4 AND EXISTS (SELECT * FROM taken)`,
      [amount, bank, from, to],
    );
    if (rowCount === 0) throw new Refused(`there is less than ${amount} on account ${from}`);
  },
};

const attempts_max = 10;
const canBeTriedAgain = (error: unknown): boolean =>
  error instanceof Error && "code" in error && [changed, deadlock].includes(String(error.code));

/** The plain code at SERIALIZABLE: a transaction that the database refuses is tried again. */
const serializable: Strategy<Client, Transfer> = {
  ...at_first,
  name: "serializable-retried",
  declared: { SERIALIZABLE: underLoad(right, changed, deadlock) },
  async run(client, bank, { input }, { backoff }) {
    const attempt = () => readAndWrite(client, bank, input);
    for (let tried = 1; ; tried++) {
      try {
        return await inTransaction(client, attempt, "BEGIN ISOLATION LEVEL SERIALIZABLE");
      } catch (error) {
        if (!canBeTriedAgain(error) || tried === attempts_max) throw error;
      }
      await backoff(tried);
    }
  },
};

export const strategies: readonly Strategy<Client, Transfer>[] = [
  readWrite,
  readWriteInTransaction,
  selectForUpdate,
  inPlaceAfterCheck,
  inPlace,
  inPlaceWithoutTransaction,
  oneStatement,
  serializable,
];
