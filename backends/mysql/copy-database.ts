import type { Connection, RowDataPacket } from "mysql2/promise";

/** Finds what CREATE TABLE and INSERT do not copy, though a program may depend on it. */
const other_things = `
  SELECT 1 FROM information_schema.tables WHERE table_schema = :from AND table_type <> 'BASE TABLE'
  UNION ALL SELECT 1 FROM information_schema.triggers WHERE trigger_schema = :from
  UNION ALL SELECT 1 FROM information_schema.routines WHERE routine_schema = :from
  UNION ALL SELECT 1 FROM information_schema.events WHERE event_schema = :from
  LIMIT 1`;

const columns_query = `
  SELECT table_name AS \`table\`, column_name AS \`column\`
    FROM information_schema.columns
   WHERE table_schema = ? AND generation_expression IS NULL OR table_schema = ? AND generation_expression = ''`;

/**
 * Makes the database `to` with all tables of `from`, foreign keys included.
 *
 * @param control free to change its database
 * @returns false, without making anything, when there are views, triggers, routines, events or sequences
 */
export async function copyDatabase(
  control: Connection,
  from: string,
  to: string,
): Promise<boolean> {
  const [others] = await control.query<RowDataPacket[]>(
    other_things.replaceAll(":from", control.escape(from)),
  );
  if (others.length > 0) return false;
  const [rows] = await control.query<RowDataPacket[]>(columns_query, [from, from]);
  const tables = new Set(rows.map(({ table }) => String(table)));
  await control.query(
    `CREATE DATABASE ${to}; USE ${to};
     SET SESSION foreign_key_checks = 0, sql_mode = 'NO_AUTO_VALUE_ON_ZERO'`,
  );
  for (const table of tables) {
    const name = quoted(table);
    const [[shown]] = await control.query<RowDataPacket[]>(`SHOW CREATE TABLE ${from}.${name}`);
    const columns = rows
      .filter((row) => row["table"] === table)
      .map(({ column }) => quoted(String(column)))
      .join(", ");
    await control.query(
      `${shown!["Create Table"]};
       INSERT INTO ${name} (${columns}) SELECT ${columns} FROM ${from}.${name}`,
    );
  }
  return true;
}

/** A name, quoted for SQL. */
export const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
