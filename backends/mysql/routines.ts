import type { Connection, RowDataPacket } from "mysql2/promise";
import type { Attached, OnServer, Routine } from "../sql-routines.ts";

const routines_query = `
  SELECT routine_name AS name, routine_definition AS body
    FROM information_schema.routines WHERE routine_schema = ? AND routine_type = 'FUNCTION'`;

const attached_query = `
  SELECT event_object_table AS \`table\`, concat('trigger ', trigger_name) AS what, action_statement AS body,
         lower(event_manipulation) AS \`use\`, 0 AS is_part
    FROM information_schema.triggers WHERE trigger_schema = :database
   UNION ALL
  SELECT table_name, concat('view ', table_name), view_definition, 'read', 1
    FROM information_schema.views WHERE table_schema = :database`;

/** What this database runs inside of statements. Defaults and checks of MySQL cannot call functions of the user's. */
export async function routinesOf(control: Connection, database: string): Promise<OnServer> {
  const [routines] = await control.query<(Routine & RowDataPacket)[]>(routines_query, [database]);
  const [found] = await control.query<RowDataPacket[]>(
    attached_query.replaceAll(":database", control.escape(database)),
  );
  const attached = found.map(
    ({ table, what, body, use, is_part }): Attached => ({
      ...{ table, what, body },
      uses: [use],
      is_part: Number(is_part) === 1,
    }),
  );
  return { routines, attached };
}
