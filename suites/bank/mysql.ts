import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { byLevel, type Declared, type Promised } from "../../matrix/promise.ts";
import { Refused, type Strategy } from "../../matrix/strategy.ts";
import { inTransaction } from "../transaction/mysql.ts";
import { fails, overdraws, right, underLoad, wrongTotal } from "./promises.ts";
import { type Balances, first_balances, mustCover, type Transfer } from "./transfer.ts";

export async function setUp(connection: Connection): Promise<void> {
  await connection.query(`
    CREATE TABLE IF NOT EXISTS Account (
      bank    varchar(100) NOT NULL,
      name    varchar(10) NOT NULL,
      balance int NOT NULL,
      PRIMARY KEY (bank, name)
    )`);
}

/** Two transfers in opposite directions lock the two rows in opposite order. */
const deadlock = "1213";

/** At READ UNCOMMITTED a read can see money that was taken from one account and not yet given to the other. */
const onItsWay = (promised: Promised): Promised => underLoad(promised, "wrong total");

const inTransactionOf = (below: Promised): Declared => {
  const locking = underLoad(below, deadlock);
  return byLevel(onItsWay(locking), locking, locking, fails(deadlock));
};

const at_first = {
  async prepare(connection: Connection, bank: string): Promise<void> {
    const { a, b, c } = first_balances;
    await connection.query(
      `INSERT INTO Account VALUES (?, 'a', ?), (?, 'b', ?), (?, 'c', ?)
       ON DUPLICATE KEY UPDATE balance = VALUES(balance)`,
      [bank, a, bank, b, bank, c],
    );
  },
  async read(connection: Connection, bank: string): Promise<Balances> {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT name, balance FROM Account WHERE bank = ?",
      [bank],
    );
    return Object.fromEntries(rows.map(({ name, balance }) => [name, balance]));
  },
};

async function balancesOf(
  connection: Connection,
  bank: string,
  { from, to }: Transfer,
  lock = "",
): Promise<{ readonly payer: number; readonly payee: number }> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT name, balance FROM Account WHERE bank = ? AND name IN (?, ?) ORDER BY name ${lock}`,
    [bank, from, to],
  );
  const of = (name: string): number => rows.find((row) => row["name"] === name)!["balance"];
  return { payer: of(from), payee: of(to) };
}

async function set(
  connection: Connection,
  bank: string,
  name: string,
  balance: number,
): Promise<void> {
  await connection.query("UPDATE Account SET balance = ? WHERE bank = ? AND name = ?", [
    balance,
    bank,
    name,
  ]);
}

async function add(
  connection: Connection,
  bank: string,
  name: string,
  amount: number,
): Promise<void> {
  await connection.query("UPDATE Account SET balance = balance + ? WHERE bank = ? AND name = ?", [
    amount,
    bank,
    name,
  ]);
}

/** Reads both accounts, computes in the application, and writes both. */
async function readAndWrite(connection: Connection, bank: string, transfer: Transfer, lock = "") {
  const { payer, payee } = await balancesOf(connection, bank, transfer, lock);
  mustCover(payer, transfer);
  await set(connection, bank, transfer.from, payer - transfer.amount);
  await set(connection, bank, transfer.to, payee + transfer.amount);
}

/** Each statement is a transaction of its own. */
const readWrite: Strategy<Connection, Transfer> = {
  ...at_first,
  name: "read-write",
  declared: wrongTotal,
  run: (connection, bank, { input }) => readAndWrite(connection, bank, input),
};

/** "It is in a transaction, so it is safe": not below SERIALIZABLE, and there it deadlocks instead. */
const readWriteInTransaction: Strategy<Connection, Transfer> = {
  ...at_first,
  name: "read-write-in-transaction",
  declared: inTransactionOf(wrongTotal),
  run: (connection, bank, { input }) =>
    inTransaction(connection, () => readAndWrite(connection, bank, input)),
};

/** Locks both rows when it reads them, always in the order of their names, so there is no deadlock. */
const selectForUpdate: Strategy<Connection, Transfer> = {
  ...at_first,
  name: "select-for-update",
  declared: byLevel(onItsWay(right), right, right, right),
  run: (connection, bank, { input }) =>
    inTransaction(connection, () => readAndWrite(connection, bank, input, "FOR UPDATE")),
};

/** The database does the arithmetic, so no transfer is lost; but the balance was checked earlier. */
const inPlaceAfterCheck: Strategy<Connection, Transfer> = {
  ...at_first,
  name: "in-place-after-check",
  declared: inTransactionOf(overdraws),
  run: (connection, bank, { input }) =>
    inTransaction(connection, async () => {
      const { payer } = await balancesOf(connection, bank, input);
      mustCover(payer, input);
      await add(connection, bank, input.from, -input.amount);
      await add(connection, bank, input.to, input.amount);
    }),
};

/** Takes the money, if there is enough, in one statement, and gives it in another. */
async function takeAndGive(connection: Connection, bank: string, transfer: Transfer) {
  const { from, to, amount } = transfer;
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    `UPDATE Account SET balance = balance - ?
     WHERE bank = ? AND name = ? AND balance >= ?`,
    [amount, bank, from, amount],
  );
  if (affectedRows === 0) throw new Refused(`there is less than ${amount} on account ${from}`);
  await add(connection, bank, to, amount);
}

/** The statement that takes the money also checks that it is there. */
const inPlace: Strategy<Connection, Transfer> = {
  ...at_first,
  name: "in-place",
  declared: byLevel(
    onItsWay(underLoad(right, deadlock)),
    underLoad(right, deadlock),
    underLoad(right, deadlock),
    underLoad(right, deadlock),
  ),
  run: (connection, bank, { input }) =>
    inTransaction(connection, () => takeAndGive(connection, bank, input)),
};

/**
 * The same two statements without a transaction: in between, or for ever if the client fails there, the money is
 * on no account.
 */
const inPlaceWithoutTransaction: Strategy<Connection, Transfer> = {
  ...at_first,
  name: "in-place-without-transaction",
  declared: { ...underLoad(right, "wrong total"), when: { reply_lost: ["wrong total"] } },
  run: (connection, bank, { input }) => takeAndGive(connection, bank, input),
};

/** All in one statement, which is a transaction by itself. */
const oneStatement: Strategy<Connection, Transfer> = {
  ...at_first,
  name: "one-statement",
  declared: byLevel(
    onItsWay(underLoad(right, deadlock)),
    underLoad(right, deadlock),
    underLoad(right, deadlock),
    underLoad(right, deadlock),
  ),
  async run(connection, bank, { input: { from, to, amount } }) {
    const [{ affectedRows }] = await connection.query<ResultSetHeader>(
      `UPDATE Account payer JOIN Account payee ON payee.bank = payer.bank
       SET payer.balance = payer.balance - ?, payee.balance = payee.balance + ?
       WHERE payer.bank = ? AND payer.name = ? AND payee.name = ? AND payer.balance >= ?`,
      [amount, amount, bank, from, to, amount],
    );
    if (affectedRows === 0) throw new Refused(`there is less than ${amount} on account ${from}`);
  },
};

const attempts_max = 10;
const canBeTriedAgain = (error: unknown): boolean =>
  error instanceof Error && "errno" in error && (error.errno === 1213 || error.errno === 1020);

/** The plain code at SERIALIZABLE: a transaction that the database refuses is tried again. */
const serializable: Strategy<Connection, Transfer> = {
  ...at_first,
  name: "serializable-retried",
  declared: { SERIALIZABLE: underLoad(right, deadlock) },
  async run(connection, bank, { input }, { backoff }) {
    for (let tried = 1; ; tried++) {
      try {
        await connection.query("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
        return await inTransaction(connection, () => readAndWrite(connection, bank, input));
      } catch (error) {
        if (!canBeTriedAgain(error) || tried === attempts_max) throw error;
      }
      await backoff(tried);
    }
  },
};

export const strategies: readonly Strategy<Connection, Transfer>[] = [
  readWrite,
  readWriteInTransaction,
  selectForUpdate,
  inPlaceAfterCheck,
  inPlace,
  inPlaceWithoutTransaction,
  oneStatement,
  serializable,
];
