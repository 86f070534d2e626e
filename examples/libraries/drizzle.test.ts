/** Drizzle: https://orm.drizzle.team */
import { eq } from "drizzle-orm";
import { int, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { drizzle as drizzleMysql, type MySql2Database } from "drizzle-orm/mysql2";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { integer, pgTable, text } from "drizzle-orm/pg-core";
import mysql from "mysql2/promise";
import pg from "pg";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";

const lost = /both read .*100/;

describe("PostgreSQL", () => {
  const account = pgTable("account", { id: text().primaryKey(), balance: integer().notNull() });

  /** Right for one customer at a time. */
  const withdraw = (db: NodePgDatabase, id: string, amount: number) =>
    db.transaction(async (tx) => {
      const [found] = await tx.select().from(account).where(eq(account.id, id));
      await tx
        .update(account)
        .set({ balance: found!.balance - amount })
        .where(eq(account.id, id));
    });

  /** The row is locked where it is read. */
  const withdrawSafely = (db: NodePgDatabase, id: string, amount: number) =>
    db.transaction(async (tx) => {
      const [found] = await tx.select().from(account).where(eq(account.id, id)).for("update");
      await tx
        .update(account)
        .set({ balance: found!.balance - amount })
        .where(eq(account.id, id));
    });

  const program = (run: (db: NodePgDatabase) => Promise<void>) => ({
    database: "postgres",
    schema: "CREATE TABLE account (id text PRIMARY KEY, balance int NOT NULL)",
    client: (url: string) => drizzle(new pg.Pool({ connectionString: url })),
    async setup(db: NodePgDatabase) {
      await db.delete(account);
      await db.insert(account).values({ id: "alice", balance: 100 });
    },
    run,
    check: async (db: NodePgDatabase) => (await db.select().from(account))[0]!.balance === 40,
  });

  test("two withdrawals at once", async () => {
    await expect(explore(program((db) => withdraw(db, "alice", 30)))).rejects.toThrow(lost);
  });

  test("repaired", async () => {
    const report = await explore(program((db) => withdrawSafely(db, "alice", 30)));
    expect(report.text).toContain("proof for this size");
  });
});

describe("MySQL", () => {
  const account = mysqlTable("account", {
    id: varchar({ length: 20 }).primaryKey(),
    balance: int().notNull(),
  });

  const withdraw = (db: MySql2Database, id: string, amount: number) =>
    db.transaction(async (tx) => {
      const [found] = await tx.select().from(account).where(eq(account.id, id));
      await tx
        .update(account)
        .set({ balance: found!.balance - amount })
        .where(eq(account.id, id));
    });

  const withdrawSafely = (db: MySql2Database, id: string, amount: number) =>
    db.transaction(async (tx) => {
      const [found] = await tx.select().from(account).where(eq(account.id, id)).for("update");
      await tx
        .update(account)
        .set({ balance: found!.balance - amount })
        .where(eq(account.id, id));
    });

  const program = (run: (db: MySql2Database) => Promise<void>) => ({
    database: "mysql",
    schema: "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)",
    client: (url: string) => drizzleMysql(mysql.createPool(url)) as MySql2Database,
    async setup(db: MySql2Database) {
      await db.delete(account);
      await db.insert(account).values({ id: "alice", balance: 100 });
    },
    run,
    check: async (db: MySql2Database) => (await db.select().from(account))[0]!.balance === 40,
  });

  test("two withdrawals at once", async () => {
    await expect(explore(program((db) => withdraw(db, "alice", 30)))).rejects.toThrow(lost);
  });

  test("repaired", async () => {
    const report = await explore(program((db) => withdrawSafely(db, "alice", 30)));
    expect(report.text).toContain("proof for this size");
  });
});
