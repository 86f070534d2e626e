/** Kysely: https://kysely.dev */
import { type Dialect, Kysely, MysqlDialect, PostgresDialect } from "kysely";
import { createPool } from "mysql2";
import pg from "pg";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";

interface Tables {
  account: { id: string; balance: number };
}
type Db = Kysely<Tables>;

/** Right for one customer at a time. */
const withdraw = (db: Db, id: string, amount: number) =>
  db.transaction().execute(async (tx) => {
    const { balance } = await tx
      .selectFrom("account")
      .select("balance")
      .where("id", "=", id)
      .executeTakeFirstOrThrow();
    await tx
      .updateTable("account")
      .set({ balance: balance - amount })
      .where("id", "=", id)
      .execute();
  });

/** The row is locked where it is read. */
const withdrawSafely = (db: Db, id: string, amount: number) =>
  db.transaction().execute(async (tx) => {
    const { balance } = await tx
      .selectFrom("account")
      .select("balance")
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    await tx
      .updateTable("account")
      .set({ balance: balance - amount })
      .where("id", "=", id)
      .execute();
  });

const dialects: [string, (url: string) => Dialect][] = [
  ["postgres", (url) => new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) })],
  ["mysql", (url) => new MysqlDialect({ pool: createPool(url) })],
];

describe.each(dialects)("%s", (database, dialectOf) => {
  const program = (run: (db: Db) => Promise<void>) => ({
    database,
    schema: "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)",
    client: (url: string) => new Kysely<Tables>({ dialect: dialectOf(url) }),
    async setup(db: Db) {
      await db.deleteFrom("account").execute();
      await db.insertInto("account").values({ id: "alice", balance: 100 }).execute();
    },
    run,
    async check(db: Db) {
      const account = await db.selectFrom("account").selectAll().executeTakeFirstOrThrow();
      return account.balance === 40;
    },
  });

  test("two withdrawals at once", async () => {
    await expect(explore(program((db) => withdraw(db, "alice", 30)))).rejects.toThrow(
      /both read .*100/,
    );
  });

  test("repaired", async () => {
    const report = await explore(program((db) => withdrawSafely(db, "alice", 30)));
    expect(report.text).toContain("proof for this size");
  });
});
