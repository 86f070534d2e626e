import type { Client } from "pg";

/** Creates the tables of all PostgreSQL strategies; called once for each database. */
export async function setUp(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE IF NOT EXISTS Counter (
      id          text PRIMARY KEY,
      count_value integer NOT NULL,
      version     integer NOT NULL DEFAULT 0
    );
    CREATE TABLE IF NOT EXISTS SingleCounter (count_value integer NOT NULL);
    CREATE TABLE IF NOT EXISTS Operation (
      id          text PRIMARY KEY,
      counter     text NOT NULL,
      count_value integer NOT NULL
    )`);
}

export async function prepare(client: Client, id: string): Promise<void> {
  await client.query(
    `INSERT INTO Counter (id, count_value) VALUES ($1, 0)
     ON CONFLICT (id) DO UPDATE SET count_value = 0, version = 0`,
    [id],
  );
}

export async function prepareWithoutRow(client: Client, id: string): Promise<void> {
  await client.query("DELETE FROM Counter WHERE id = $1", [id]);
}

/** The counter's value; 0 while its row is not there yet. */
export async function read(client: Client, id: string): Promise<number> {
  const { rows } = await client.query("SELECT count_value FROM Counter WHERE id = $1", [id]);
  return rows[0]?.count_value ?? 0;
}
