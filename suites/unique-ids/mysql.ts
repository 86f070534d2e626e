import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { fails, kept } from "../../matrix/promise.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import { duplicates } from "./promises.ts";

/**
 * One table that numbers its rows itself, and two whose rows are numbered by the application. `series` tells one
 * run's rows from another's.
 */
export async function setUp(connection: Connection): Promise<void> {
  await connection.query(`
    CREATE TABLE IF NOT EXISTS NumberedTicket (
      number int AUTO_INCREMENT PRIMARY KEY,
      series varchar(100) NOT NULL
    )`);
  await connection.query(`
    CREATE TABLE IF NOT EXISTS Ticket (
      series varchar(100) NOT NULL,
      number int NOT NULL,
      KEY (series)
    )`);
  await connection.query(`
    CREATE TABLE IF NOT EXISTS UniqueTicket (
      series varchar(100) NOT NULL,
      number int NOT NULL,
      PRIMARY KEY (series, number)
    )`);
}

/** Made for this: no transaction waits for another's number, and a rollback gives no number back. */
const autoIncrement: Strategy<Connection> = {
  name: "auto-increment",
  declared: kept,
  async prepare(connection) {
    await connection.query("DELETE FROM NumberedTicket");
    await connection.query("ALTER TABLE NumberedTicket AUTO_INCREMENT = 1");
  },
  async run(connection, series) {
    const [{ insertId }] = await connection.query<ResultSetHeader>(
      "INSERT INTO NumberedTicket (series) VALUES (?)",
      [series],
    );
    return insertId;
  },
};

/** The highest number so far, plus one: two clients can see the same highest number. */
const maxPlusOne: Strategy<Connection> = {
  name: "max-plus-one",
  declared: duplicates,
  async prepare(connection, series) {
    await connection.query("DELETE FROM Ticket WHERE series = ?", [series]);
  },
  run: (connection, series) => insertNext(connection, "Ticket", series),
};

/** The same with a unique index: the second client fails and may try again. */
const maxPlusOneUnique: Strategy<Connection> = {
  name: "max-plus-one-unique-index",
  declared: fails("1062"),
  async prepare(connection, series) {
    await connection.query("DELETE FROM UniqueTicket WHERE series = ?", [series]);
  },
  run: (connection, series) => insertNext(connection, "UniqueTicket", series),
};

async function insertNext(connection: Connection, table: string, series: string): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT COALESCE(MAX(number), 0) + 1 AS next FROM ${table} WHERE series = ?`,
    [series],
  );
  const next: number = rows[0]!["next"];
  await connection.query(`INSERT INTO ${table} (series, number) VALUES (?, ?)`, [series, next]);
  return next;
}

export const strategies: readonly Strategy<Connection>[] = [
  autoIncrement,
  maxPlusOne,
  maxPlusOneUnique,
];
