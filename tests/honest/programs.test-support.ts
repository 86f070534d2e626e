/** Small programs as people write them, for tests that ask whether raceproof is honest about them. */
import { type ExploreOptions, explore, RaceFound, type Report } from "../../library/explore.ts";

/** What both `pg` and `mysql2` are to a test: rows for a statement. */
export interface Sql {
  query(text: string): Promise<readonly Record<string, unknown>[]>;
}

/** Wraps a driver's client so that one program runs on both. */
export function sqlOf(client: unknown): Sql {
  const driver = client as { query(text: string): Promise<unknown> };
  return {
    async query(text) {
      const reply = await driver.query(text);
      const rows = Array.isArray(reply) ? (reply[0] as unknown) : (reply as { rows: unknown }).rows;
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
  };
}

/** Runs `work` in a transaction, and again while the server refuses it with one of these codes. */
export async function inTransaction(
  db: Sql,
  work: () => Promise<void>,
  { begin = "BEGIN", retry = [] }: { begin?: string; retry?: readonly unknown[] } = {},
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await db.query(begin);
      await work();
      await db.query("COMMIT");
      return;
    } catch (error) {
      await db.query("ROLLBACK");
      const { code, errno } = error as { code?: unknown; errno?: unknown };
      if ((!retry.includes(code) && !retry.includes(errno)) || attempt === 5) throw error;
    }
  }
}

/** @returns the race that `explore` finds. @throws when it finds none */
export async function raceIn<Client>(options: ExploreOptions<Client>): Promise<RaceFound> {
  let report: Report;
  try {
    report = await explore(options);
  } catch (error) {
    if (error instanceof RaceFound) return error;
    throw error;
  }
  throw new Error(`no race was found: ${report.text}`);
}
