import type pg from "pg";

/** Advisory locks of a session: those of a transaction are gone with it. Both halves of a lock's number are 32 bits. */
const query = `
  SELECT CASE objsubid WHEN 1 THEN ((classid::bigint << 32) | objid::bigint)::text
                       ELSE classid || ', ' || objid END AS lock
    FROM pg_locks
   WHERE locktype = 'advisory' AND granted AND pid = ANY ($1::int[])
   ORDER BY 1`;

/** @returns the locks that outlive transactions and that these server processes hold, in words */
export async function sessionLocks(
  control: Pick<pg.Client, "query">,
  pids: readonly number[],
): Promise<readonly string[]> {
  if (pids.length === 0) return [];
  const { rows } = await control.query<{ lock: string }>(query, [pids as number[]]);
  return rows.map(({ lock }) => `the advisory lock ${lock}`);
}
