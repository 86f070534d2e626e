import type { Connection, RowDataPacket } from "mysql2/promise";

/** Creates the tables of all MySQL strategies; called once for each database. */
export async function setUp(connection: Connection): Promise<void> {
  await connection.query(`
    CREATE TABLE IF NOT EXISTS Counter (
      id          varchar(100) PRIMARY KEY,
      count_value int NOT NULL,
      version     int NOT NULL DEFAULT 0
    )`);
  await connection.query("CREATE TABLE IF NOT EXISTS SingleCounter (count_value int NOT NULL)");
  await connection.query(`
    CREATE TABLE IF NOT EXISTS Operation (
      id          varchar(100) PRIMARY KEY,
      counter     varchar(100) NOT NULL,
      KEY (counter)
    )`);
}

export async function prepare(connection: Connection, id: string): Promise<void> {
  await connection.execute(
    `INSERT INTO Counter (id, count_value) VALUES (?, 0)
     ON DUPLICATE KEY UPDATE count_value = 0, version = 0`,
    [id],
  );
}

export async function prepareWithoutRow(connection: Connection, id: string): Promise<void> {
  await connection.execute("DELETE FROM Counter WHERE id = ?", [id]);
}

/** The counter's value; 0 while its row is not there yet. */
export async function read(connection: Connection, id: string): Promise<number> {
  const [rows] = await connection.execute<RowDataPacket[]>(
    "SELECT count_value FROM Counter WHERE id = ?",
    [id],
  );
  return rows[0]?.count_value ?? 0;
}
