import type { Client } from "pg";

/**
 * Runs `work` between BEGIN and COMMIT; rolls back and throws on when it throws.
 * @param begin with another level than the session's: `BEGIN ISOLATION LEVEL SERIALIZABLE`
 */
export async function inTransaction<T>(
  client: Client,
  work: () => Promise<T>,
  begin = "BEGIN",
): Promise<T> {
  await client.query(begin);
  try {
    const result = await work();
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // The connection may be gone: the first error is the one that counts.
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}
