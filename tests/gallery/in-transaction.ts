import type pg from "pg";

/** As most programs have it: one connection for all of a transaction, which is rolled back after an error. */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (db: pg.PoolClient) => Promise<T>,
  level = "READ COMMITTED",
): Promise<T> {
  const db = await pool.connect();
  try {
    await db.query(`BEGIN ISOLATION LEVEL ${level}`);
    const answer = await work(db);
    await db.query("COMMIT");
    return answer;
  } catch (error) {
    await db.query("ROLLBACK");
    throw error;
  } finally {
    db.release();
  }
}
