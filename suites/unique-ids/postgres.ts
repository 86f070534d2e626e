import type { Client } from "pg";
import { fails, kept } from "../../matrix/promise.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import { duplicates } from "./promises.ts";

/**
 * One sequence, and two tables whose rows are numbered by the application. `series` tells one run's rows from
 * another's.
 */
export async function setUp(client: Client): Promise<void> {
  await client.query(`
    CREATE SEQUENCE IF NOT EXISTS ticket_number;
    CREATE TABLE IF NOT EXISTS Ticket (series text NOT NULL, number integer NOT NULL);
    CREATE TABLE IF NOT EXISTS UniqueTicket (
      series text NOT NULL,
      number integer NOT NULL,
      UNIQUE (series, number)
    )`);
}

/** Made for this: no transaction waits for another's number, and a rollback gives no number back. */
const sequence: Strategy<Client> = {
  name: "sequence",
  declared: kept,
  async prepare(client) {
    await client.query("ALTER SEQUENCE ticket_number RESTART WITH 1");
  },
  async run(client) {
    const { rows } = await client.query("SELECT nextval('ticket_number')::integer AS number");
    return rows[0].number;
  },
};

/** The highest number so far, plus one: two clients can see the same highest number. */
const maxPlusOne: Strategy<Client> = {
  name: "max-plus-one",
  declared: duplicates,
  async prepare(client, series) {
    await client.query("DELETE FROM Ticket WHERE series = $1", [series]);
  },
  run: (client, series) => insertNext(client, "Ticket", series),
};

/** The same with a unique index: the second client fails and may try again. */
const maxPlusOneUnique: Strategy<Client> = {
  name: "max-plus-one-unique-index",
  declared: fails("23505"),
  async prepare(client, series) {
    await client.query("DELETE FROM UniqueTicket WHERE series = $1", [series]);
  },
  run: (client, series) => insertNext(client, "UniqueTicket", series),
};

async function insertNext(client: Client, table: string, series: string): Promise<number> {
  const { rows } = await client.query(
    `SELECT COALESCE(MAX(number), 0) + 1 AS next FROM ${table} WHERE series = $1`,
    [series],
  );
  await client.query(`INSERT INTO ${table} (series, number) VALUES ($1, $2)`, [
    series,
    rows[0].next,
  ]);
  return rows[0].next;
}

export const strategies: readonly Strategy<Client>[] = [sequence, maxPlusOne, maxPlusOneUnique];
