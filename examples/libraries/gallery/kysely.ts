import { type Dialect, Kysely, MysqlDialect, PostgresDialect } from "kysely";
import { createPool } from "mysql2";
import pg from "pg";
import type { Shelf } from "../../../tests/gallery/program.ts";
import { type Account, schema } from "./account.ts";

interface Tables {
  account: Account;
}
type Db = Kysely<Tables>;

const shelf = (kind: "postgres" | "mysql", dialectOf: (url: string) => Dialect): Shelf<Db> => ({
  kinds: [kind],
  library: "Kysely",
  open: (url) => new Kysely<Tables>({ dialect: dialectOf(url) }),
  programs: [
    {
      name: "lost update",
      schema,
      async setup(db) {
        await db.deleteFrom("account").execute();
        await db.insertInto("account").values({ id: "alice", balance: 100 }).execute();
      },
      racy: (db) =>
        db.transaction().execute(async (tx) => {
          const { balance } = await tx
            .selectFrom("account")
            .select("balance")
            .where("id", "=", "alice")
            .executeTakeFirstOrThrow();
          if (balance < 60) return false;
          const set = { balance: balance - 60 };
          await tx.updateTable("account").set(set).where("id", "=", "alice").execute();
          return true;
        }),
      async repaired(db) {
        const { numUpdatedRows } = await db
          .updateTable("account")
          .set((eb) => ({ balance: eb("balance", "-", 60) }))
          .where("id", "=", "alice")
          .where("balance", ">=", 60)
          .executeTakeFirst();
        return numUpdatedRows === 1n;
      },
    },
  ],
});

export const kysely_shelves = [
  shelf("postgres", (url) => new PostgresDialect({ pool: new pg.Pool({ connectionString: url }) })),
  shelf("mysql", (url) => new MysqlDialect({ pool: createPool(url) })),
];
