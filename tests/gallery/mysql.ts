import mysql from "mysql2/promise";
import { everyday } from "./mysql-everyday.ts";
import type { Row, Shelf } from "./program.ts";

type Query = mysql.Pool | mysql.PoolConnection;

/** The rows that a statement answers. */
async function ask(db: Query, sql: string, ...values: (string | number)[]): Promise<Row[]> {
  const [rows] = await db.query<(mysql.RowDataPacket & Row)[]>(sql, values);
  return rows;
}

/** How many rows a statement changed. */
async function change(db: Query, sql: string, ...values: (string | number)[]): Promise<number> {
  const [{ affectedRows }] = await db.query<mysql.ResultSetHeader>(sql, values);
  return affectedRows;
}

async function inTransaction<T>(
  pool: mysql.Pool,
  work: (db: mysql.PoolConnection) => Promise<T>,
): Promise<T> {
  const db = await pool.getConnection();
  try {
    await db.beginTransaction();
    const answer = await work(db);
    await db.commit();
    return answer;
  } catch (error) {
    await db.rollback();
    throw error;
  } finally {
    db.release();
  }
}

const account = "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)";
const accounts = (db: mysql.Pool): Promise<unknown> =>
  db.query("REPLACE INTO account VALUES ('alice', 100), ('bob', 100)");

const withdraw =
  (lock: string) =>
  (pool: mysql.Pool): Promise<void> =>
    inTransaction(pool, async (db) => {
      const [row] = await ask(db, `SELECT balance FROM account WHERE id = 'alice' ${lock}`);
      await change(db, "UPDATE account SET balance = ? WHERE id = 'alice'", row!["balance"] - 30);
    });

const goesHome =
  (lock: string) =>
  (pool: mysql.Pool, { client }: { client: number }): Promise<string> =>
    inTransaction(pool, async (db) => {
      const on_call = await ask(db, `SELECT id FROM doctor WHERE on_call = 1 ORDER BY id ${lock}`);
      if (on_call.length < 2) return "stays";
      await change(db, "UPDATE doctor SET on_call = 0 WHERE id = ?", client);
      return "home";
    });

/** The balance is the sum of the entries. */
const spend =
  (locks: boolean) =>
  (pool: mysql.Pool): Promise<string> =>
    inTransaction(pool, async (db) => {
      if (locks) await ask(db, "SELECT id FROM wallet WHERE id = 1 FOR UPDATE");
      const [row] = await ask(
        db,
        "SELECT CAST(SUM(cents) AS SIGNED) AS balance FROM ledger WHERE wallet = 1",
      );
      if (row!["balance"] < 70) return "not enough";
      await change(db, "INSERT INTO ledger (wallet, cents) VALUES (1, -70)");
      return "paid";
    });

const takeNumber =
  (lock: string) =>
  (pool: mysql.Pool): Promise<number> =>
    inTransaction(pool, async (db) => {
      if (lock) await ask(db, lock);
      const [row] = await ask(db, "SELECT COALESCE(MAX(number), 0) + 1 AS next FROM invoice");
      await change(db, "INSERT INTO invoice (number) VALUES (?)", row!["next"]);
      return row!["next"];
    });

export const mysql_shelf: Shelf<mysql.Pool> = {
  kinds: ["mysql"],
  open: (uri) => mysql.createPool({ uri, connectionLimit: 2, multipleStatements: true }),
  programs: [
    {
      name: "lost update",
      schema: account,
      setup: accounts,
      async racy(db) {
        const [row] = await ask(db, "SELECT balance FROM account WHERE id = 'alice'");
        await change(db, "UPDATE account SET balance = ? WHERE id = 'alice'", row!["balance"] - 30);
      },
      repaired: (db) => change(db, "UPDATE account SET balance = balance - 30 WHERE id = 'alice'"),
    },
    {
      name: "lost update in a transaction",
      schema: account,
      setup: accounts,
      racy: withdraw(""),
      repaired: withdraw("FOR UPDATE"),
    },
    {
      name: "oversell",
      schema: `CREATE TABLE stock (item int PRIMARY KEY, n int);
               CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, at datetime DEFAULT now())`,
      async setup(db) {
        await db.query("DELETE FROM orders");
        await db.query("REPLACE INTO stock VALUES (1, 1)");
      },
      async racy(db) {
        const [row] = await ask(db, "SELECT n FROM stock WHERE item = 1");
        if (row!["n"] < 1) return "sold out";
        await change(db, "UPDATE stock SET n = n - 1 WHERE item = 1");
        await change(db, "INSERT INTO orders () VALUES ()");
        return "sold";
      },
      async repaired(db) {
        if ((await change(db, "UPDATE stock SET n = n - 1 WHERE item = 1 AND n > 0")) === 0)
          return "sold out";
        await change(db, "INSERT INTO orders () VALUES ()");
        return "sold";
      },
    },
    {
      name: "write skew",
      schema: "CREATE TABLE doctor (id int PRIMARY KEY, on_call int)",
      setup: (db) => db.query("REPLACE INTO doctor VALUES (1, 1), (2, 1)"),
      racy: goesHome(""),
      repaired: goesHome("FOR UPDATE"),
    },
    {
      name: "number by max + 1",
      schema:
        "CREATE TABLE invoice (id int AUTO_INCREMENT PRIMARY KEY, number int); CREATE TABLE turn (id int PRIMARY KEY); INSERT INTO turn VALUES (1)",
      setup: (db) => db.query("DELETE FROM invoice"),
      racy: takeNumber(""),
      repaired: takeNumber("SELECT id FROM turn WHERE id = 1 FOR UPDATE"),
    },
    {
      name: "coupon used twice",
      schema: "CREATE TABLE coupon (code varchar(9) PRIMARY KEY, used int, uses int)",
      setup: (db) => db.query("REPLACE INTO coupon VALUES ('X', 0, 0)"),
      async racy(db) {
        const [coupon] = await ask(db, "SELECT used FROM coupon WHERE code = 'X'");
        if (coupon!["used"] === 1) return false;
        await change(db, "UPDATE coupon SET used = 1, uses = uses + 1 WHERE code = 'X'");
        return true;
      },
      repaired: async (db) =>
        (await change(
          db,
          "UPDATE coupon SET used = 1, uses = uses + 1 WHERE code = 'X' AND used = 0",
        )) === 1,
    },
    {
      name: "queue claimed twice",
      schema: "CREATE TABLE job (id int PRIMARY KEY, state varchar(9), worker int)",
      setup: (db) => db.query("REPLACE INTO job VALUES (1, 'new', NULL), (2, 'new', NULL)"),
      async racy(db, { client }) {
        const [job] = await ask(db, "SELECT id FROM job WHERE state = 'new' ORDER BY id LIMIT 1");
        if (!job) return null;
        await change(
          db,
          "UPDATE job SET state = 'taken', worker = ? WHERE id = ?",
          client,
          job["id"],
        );
        return job["id"];
      },
      async repaired(db, { client }) {
        for (;;) {
          const [job] = await ask(db, "SELECT id FROM job WHERE state = 'new' ORDER BY id LIMIT 1");
          if (!job) return null;
          const mine = "UPDATE job SET state = 'taken', worker = ? WHERE id = ? AND state = 'new'";
          if ((await change(db, mine, client, job["id"])) === 1) return job["id"];
        }
      },
    },
    {
      name: "idempotency key",
      schema: `CREATE TABLE request (id varchar(9) PRIMARY KEY);
               CREATE TABLE charge (id int AUTO_INCREMENT PRIMARY KEY, cents int)`,
      async setup(db) {
        await db.query("DELETE FROM request");
        await db.query("DELETE FROM charge");
      },
      async racy(db) {
        if ((await ask(db, "SELECT id FROM request WHERE id = 'k'")).length > 0) return;
        await change(db, "INSERT INTO charge (cents) VALUES (500)");
        await change(db, "INSERT IGNORE INTO request VALUES ('k')");
      },
      repaired: (pool) =>
        inTransaction(pool, async (db) => {
          if ((await change(db, "INSERT IGNORE INTO request VALUES ('k')")) === 0) return;
          await change(db, "INSERT INTO charge (cents) VALUES (500)");
        }),
    },
    {
      name: "phantom uniqueness",
      schema: "CREATE TABLE users (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20))",
      repaired_schema:
        "CREATE TABLE users (id int AUTO_INCREMENT PRIMARY KEY, name varchar(20) UNIQUE)",
      setup: (db) => db.query("DELETE FROM users"),
      async racy(db) {
        if ((await ask(db, "SELECT 1 FROM users WHERE name = 'alice'")).length > 0)
          throw new Error("the name is taken");
        await change(db, "INSERT INTO users (name) VALUES ('alice')");
      },
      async repaired(db) {
        await change(db, "INSERT INTO users (name) VALUES ('alice')").catch(() => {
          throw new Error("the name is taken");
        });
      },
    },
    {
      name: "insert or count up",
      schema: "CREATE TABLE hit (page varchar(20), n int)",
      repaired_schema: "CREATE TABLE hit (page varchar(20) PRIMARY KEY, n int)",
      setup: (db) => db.query("DELETE FROM hit"),
      async racy(db) {
        const known = await ask(db, "SELECT n FROM hit WHERE page = '/'");
        if (known.length > 0) await change(db, "UPDATE hit SET n = n + 1 WHERE page = '/'");
        else await change(db, "INSERT INTO hit VALUES ('/', 1)");
      },
      async repaired(db) {
        await change(db, "INSERT INTO hit VALUES ('/', 1) ON DUPLICATE KEY UPDATE n = n + 1");
      },
    },
    {
      name: "spent twice from a ledger",
      schema: `CREATE TABLE wallet (id int PRIMARY KEY); CREATE TABLE ledger (
        id char(36) PRIMARY KEY DEFAULT (UUID()), wallet int, cents bigint, at datetime DEFAULT now())`,
      async setup(db) {
        await db.query("DELETE FROM ledger");
        await db.query("REPLACE INTO wallet VALUES (1)");
        await db.query("INSERT INTO ledger (wallet, cents) VALUES (1, 100)");
      },
      racy: spend(false),
      repaired: spend(true),
    },
    {
      name: "highest bid",
      schema: "CREATE TABLE auction (id int PRIMARY KEY, bid int, bidder int)",
      setup: (db) => db.query("REPLACE INTO auction VALUES (1, 5, 0)"),
      async racy(db, { client }) {
        const bid = client === 1 ? 20 : 10;
        const [auction] = await ask(db, "SELECT bid FROM auction WHERE id = 1");
        if (auction!["bid"] >= bid) return "too low";
        await change(db, "UPDATE auction SET bid = ?, bidder = ? WHERE id = 1", bid, client);
        return "highest";
      },
      async repaired(db, { client }) {
        const bid = client === 1 ? 20 : 10;
        const sql = "UPDATE auction SET bid = ?, bidder = ? WHERE id = 1 AND bid < ?";
        return (await change(db, sql, bid, client, bid)) === 0 ? "too low" : "highest";
      },
    },
    {
      name: "switch turned over",
      schema: "CREATE TABLE flag (name varchar(9) PRIMARY KEY, is_on int)",
      setup: (db) => db.query("REPLACE INTO flag VALUES ('f', 0)"),
      async racy(db) {
        const [flag] = await ask(db, "SELECT is_on FROM flag WHERE name = 'f'");
        await change(db, "UPDATE flag SET is_on = ? WHERE name = 'f'", 1 - flag!["is_on"]);
      },
      repaired: (db) => change(db, "UPDATE flag SET is_on = 1 - is_on WHERE name = 'f'"),
    },
    ...everyday,
  ],
};
