/** The small programs whose schedules are counted: two clients, a transaction each. */
import type { Connection } from "mysql2/promise";
import type { Client } from "pg";
import type { Backend } from "../backends/backend.ts";
import { open_gate } from "../backends/backend.ts";
import type { Program } from "../schedules/program.ts";

export type Run<Session> = Program<Session>["run"];

const table = "CREATE TABLE bench (id varchar(100) PRIMARY KEY, v integer NOT NULL)";

export async function withTable(
  backend: Backend<{ query(text: string): Promise<unknown> }>,
): Promise<void> {
  await using session = await backend.open(open_gate);
  await session.client.query(table);
}

export const onPostgres = (run: Run<Client>): Program<Client> => ({
  setup: async (db, key) =>
    void (await db.query("INSERT INTO bench VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET v = 0", [
      key,
    ])),
  run,
  check: async () => {},
});

export async function trivial(db: Client, { key }: { key: string }): Promise<void> {
  await db.query("BEGIN");
  await db.query("SELECT v FROM bench WHERE id = $1", [key]);
  await db.query("SELECT 1");
  await db.query("COMMIT");
}

export async function waits(db: Client, { key }: { key: string }): Promise<void> {
  await db.query("BEGIN");
  const { rows } = await db.query("SELECT v FROM bench WHERE id = $1", [key]);
  await db.query("UPDATE bench SET v = $2 WHERE id = $1", [key, rows[0].v + 1]);
  await db.query("COMMIT");
}

export const onMysql = (run: Run<Connection>): Program<Connection> => ({
  setup: async (db, key) =>
    void (await db.query("INSERT INTO bench VALUES (?, 0) ON DUPLICATE KEY UPDATE v = 0", [key])),
  run,
  check: async () => {},
});

export async function trivialOnMysql(db: Connection, { key }: { key: string }): Promise<void> {
  await db.query("BEGIN");
  await db.query("SELECT v FROM bench WHERE id = ?", [key]);
  await db.query("SELECT 1");
  await db.query("COMMIT");
}

export async function waitsOnMysql(db: Connection, { key }: { key: string }): Promise<void> {
  await db.query("BEGIN");
  const [rows] = await db.query("SELECT v FROM bench WHERE id = ?", [key]);
  const { v } = (rows as { v: number }[])[0]!;
  await db.query("UPDATE bench SET v = ? WHERE id = ?", [v + 1, key]);
  await db.query("COMMIT");
}
