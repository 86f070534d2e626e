/** What every second application has somewhere: written without helpers, as people write it the first time. */
import type mysql from "mysql2/promise";
import type { GalleryProgram, Row } from "./program.ts";

type Query = mysql.Pool | mysql.PoolConnection;

const ask = async (db: Query, sql: string, ...values: (string | number)[]): Promise<Row[]> =>
  (await db.query<(mysql.RowDataPacket & Row)[]>(sql, values))[0];
const change = async (db: Query, sql: string, ...values: (string | number)[]) =>
  (await db.query<mysql.ResultSetHeader>(sql, values))[0];

const give = `UPDATE purse SET cents = cents - 10 WHERE id = 1;
  UPDATE purse SET cents = cents + 10 WHERE id = 2`;
const sum = async (db: mysql.Pool): Promise<number> =>
  (await ask(db, "SELECT CAST(SUM(cents) AS SIGNED) AS sum FROM purse"))[0]!["sum"];

export const everyday: readonly GalleryProgram<mysql.Pool>[] = [
  {
    name: "two updates in one text",
    schema: "CREATE TABLE purse (id int PRIMARY KEY, cents int)",
    setup: (db) => db.query("REPLACE INTO purse VALUES (1, 100), (2, 100)"),
    racy: [(db) => db.query(give), sum],
    repaired: [(db) => db.query(`START TRANSACTION; ${give}; COMMIT`), sum],
  },
  {
    name: "number taken from a counter",
    schema: "CREATE TABLE counter (name varchar(9) PRIMARY KEY, n int)",
    setup: (db) => db.query("REPLACE INTO counter VALUES ('order', 0)"),
    async racy(db) {
      await change(db, "UPDATE counter SET n = n + 1 WHERE name = 'order'");
      const [row] = await ask(db, "SELECT n FROM counter WHERE name = 'order'");
      return row!["n"];
    },
    async repaired(db) {
      const sql = "UPDATE counter SET n = LAST_INSERT_ID(n + 1) WHERE name = 'order'";
      return (await change(db, sql)).insertId;
    },
  },
  {
    name: "webhook delivered twice",
    schema:
      "CREATE TABLE event (id varchar(9) PRIMARY KEY, state varchar(9)); CREATE TABLE purse (id int PRIMARY KEY, cents int)",
    async setup(db) {
      await db.query("DELETE FROM event");
      await db.query("REPLACE INTO purse VALUES (1, 0)");
    },
    async racy(db) {
      if ((await ask(db, "SELECT state FROM event WHERE id = 'evt_1'")).length > 0) return "known";
      await change(db, "INSERT IGNORE INTO event VALUES ('evt_1', 'paid')");
      await change(db, "UPDATE purse SET cents = cents + 500 WHERE id = 1");
      return "paid";
    },
    async repaired(pool) {
      const db = await pool.getConnection();
      try {
        await db.beginTransaction();
        const { affectedRows } = await change(
          db,
          "INSERT IGNORE INTO event VALUES ('evt_1', 'paid')",
        );
        if (affectedRows === 1)
          await change(db, "UPDATE purse SET cents = cents + 500 WHERE id = 1");
        await db.commit();
        return affectedRows === 1 ? "paid" : "known";
      } catch (error) {
        await db.rollback();
        throw error;
      } finally {
        db.release();
      }
    },
  },
  {
    name: "list in a JSON column",
    schema: "CREATE TABLE cart (id int PRIMARY KEY, items json)",
    setup: (db) => db.query("REPLACE INTO cart VALUES (1, '[]')"),
    async racy(db, { client }) {
      const [cart] = await ask(db, "SELECT items FROM cart WHERE id = 1");
      const items = JSON.stringify([...cart!["items"], `item ${client}`]);
      await change(db, "UPDATE cart SET items = ? WHERE id = 1", items);
    },
    async repaired(db, { client }) {
      const sql = "UPDATE cart SET items = JSON_ARRAY_APPEND(items, '$', ?) WHERE id = 1";
      await change(db, sql, `item ${client}`);
    },
  },
];
