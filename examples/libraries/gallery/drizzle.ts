import { eq } from "drizzle-orm";
import { int, mysqlTable, varchar } from "drizzle-orm/mysql-core";
import { drizzle as drizzleMysql, type MySql2Database } from "drizzle-orm/mysql2";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import { integer, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";
import mysql from "mysql2/promise";
import pg from "pg";
import type { Shelf } from "../../../tests/gallery/program.ts";
import { schema } from "./account.ts";

const account = pgTable("account", { id: text().primaryKey(), balance: integer().notNull() });
const member = pgTable(
  "member",
  { id: integer().primaryKey().generatedAlwaysAsIdentity(), email: text().notNull() },
  (table) => [uniqueIndex().on(table.email)],
);

export const drizzle_postgres: Shelf<NodePgDatabase> = {
  kinds: ["postgres"],
  library: "Drizzle",
  open: (connectionString) => drizzle(new pg.Pool({ connectionString })),
  programs: [
    {
      name: "lost update",
      schema,
      async setup(db) {
        await db.delete(account);
        await db.insert(account).values({ id: "alice", balance: 100 });
      },
      racy: (db) =>
        db.transaction(async (tx) => {
          const [found] = await tx.select().from(account).where(eq(account.id, "alice"));
          await tx.update(account).set({ balance: found!.balance - 30 });
        }),
      repaired: (db) =>
        db.transaction(async (tx) => {
          const [found] = await tx
            .select()
            .from(account)
            .where(eq(account.id, "alice"))
            .for("update");
          await tx.update(account).set({ balance: found!.balance - 30 });
        }),
    },
    {
      name: "address registered twice",
      schema:
        "CREATE TABLE member (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, email text NOT NULL)",
      repaired_schema:
        "CREATE TABLE member (id int PRIMARY KEY GENERATED ALWAYS AS IDENTITY, email text NOT NULL UNIQUE)",
      setup: (db) => db.delete(member),
      async racy(db) {
        const known = await db.select().from(member).where(eq(member.email, "a@b.example"));
        if (known.length > 0) return { status: 409 };
        const made = await db.insert(member).values({ email: "a@b.example" }).returning();
        return { status: 201, ...made[0] };
      },
      async repaired(db) {
        const made = await db
          .insert(member)
          .values({ email: "a@b.example" })
          .onConflictDoNothing()
          .returning();
        return made.length > 0 ? { status: 201, ...made[0] } : { status: 409 };
      },
    },
  ],
};

const account_mysql = mysqlTable("account", {
  id: varchar({ length: 20 }).primaryKey(),
  balance: int().notNull(),
});

export const drizzle_mysql: Shelf<MySql2Database> = {
  kinds: ["mysql"],
  library: "Drizzle",
  open: (url) => drizzleMysql(mysql.createPool(url)) as MySql2Database,
  programs: [
    {
      name: "lost update",
      schema,
      async setup(db) {
        await db.delete(account_mysql);
        await db.insert(account_mysql).values({ id: "alice", balance: 100 });
      },
      racy: (db) =>
        db.transaction(async (tx) => {
          const [found] = await tx.select().from(account_mysql);
          await tx.update(account_mysql).set({ balance: found!.balance - 30 });
        }),
      repaired: (db) =>
        db.transaction(async (tx) => {
          const [found] = await tx.select().from(account_mysql).for("update");
          await tx.update(account_mysql).set({ balance: found!.balance - 30 });
        }),
    },
  ],
};
