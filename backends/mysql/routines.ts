import type { Connection, RowDataPacket } from "mysql2/promise";
import type { Attached, OnServer, Routine } from "../sql-routines.ts";

const routines_query = `
  SELECT routine_name AS name, routine_definition AS body
    FROM information_schema.routines WHERE routine_schema = ? AND routine_type = 'FUNCTION'`;

const attached_query = `
  SELECT event_object_table AS \`table\`, concat('trigger ', trigger_name) AS what, action_statement AS body,
         lower(event_manipulation) AS \`change\`
    FROM information_schema.triggers WHERE trigger_schema = ?`;

/** What this database runs inside of statements. Defaults and checks of MySQL cannot call functions of the user's. */
export async function routinesOf(control: Connection, database: string): Promise<OnServer> {
  const [routines] = await control.query<(Routine & RowDataPacket)[]>(routines_query, [database]);
  const [triggers] = await control.query<RowDataPacket[]>(attached_query, [database]);
  const attached = triggers.map(
    ({ table, what, body, change }): Attached => ({ table, what, body, changes: [change] }),
  );
  return { routines, attached };
}
