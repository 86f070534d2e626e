import type { Client } from "pg";

/**
 * Runs `work` between BEGIN and COMMIT; if it throws, rolls back and throws the same error.
 * @param begin for another isolation level than the session's: `BEGIN ISOLATION LEVEL SERIALIZABLE`
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
