import type { Connection, RowDataPacket } from "mysql2/promise";
import { quoted } from "./copy-database.ts";

const next_query = `
  SELECT t.table_name AS name, coalesce(t.auto_increment, 1) AS next, t.table_type AS kind
    FROM information_schema.tables t
   WHERE t.table_schema = ?
     AND (t.table_type = 'SEQUENCE' OR EXISTS (
       SELECT 1 FROM information_schema.columns c
        WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.extra LIKE '%auto_increment%'))`;

/** From now on, AUTO_INCREMENT and sequences give other numbers than they would have given. */
export async function skipNumbers(
  control: Connection,
  { name, is_mariadb }: { readonly name: string; readonly is_mariadb: boolean },
): Promise<void> {
  // MySQL keeps for a day what it has said of a table.
  if (!is_mariadb) await control.query("SET SESSION information_schema_stats_expiry = 0");
  const [tables] = await control.query<RowDataPacket[]>(next_query, [name]);
  for (const { name: table, next, kind } of tables) {
    const place = `${quoted(name)}.${quoted(table)}`;
    const skip = `ALTER TABLE ${place} AUTO_INCREMENT = ${BigInt(next) + 7n}`;
    await control.query(kind === "SEQUENCE" ? `SELECT NEXT VALUE FOR ${place}` : skip);
  }
}
