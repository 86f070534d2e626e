import type { Connection } from "mysql2/promise";

/** Runs `work` between BEGIN and COMMIT; if it throws, rolls back and throws the same error. */
export async function inTransaction<T>(connection: Connection, work: () => Promise<T>): Promise<T> {
  await connection.beginTransaction();
  try {
    const result = await work();
    await connection.commit();
    return result;
  } catch (error) {
    // The connection may be gone: the first error is the one that counts.
    await connection.rollback().catch(() => undefined);
    throw error;
  }
}
