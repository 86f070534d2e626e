import { DataSource, EntitySchema } from "typeorm";
import type { Shelf } from "../../../tests/gallery/program.ts";
import { type Account, schema } from "./account.ts";

const Accounts = new EntitySchema<Account>({
  name: "account",
  columns: { id: { type: "varchar", length: 20, primary: true }, balance: { type: "int" } },
});

const shelf = (type: "postgres" | "mysql"): Shelf<DataSource> => ({
  kinds: [type],
  library: "TypeORM",
  open: (url) => new DataSource({ type, url, entities: [Accounts] }).initialize(),
  programs: [
    {
      name: "lost update",
      schema,
      async setup(db) {
        await db.getRepository(Accounts).clear();
        await db.getRepository(Accounts).insert({ id: "alice", balance: 100 });
      },
      async racy(db) {
        const account = await db.getRepository(Accounts).findOneByOrFail({ id: "alice" });
        account.balance -= 30;
        await db.getRepository(Accounts).save(account);
      },
      repaired: (db) =>
        db.transaction(async (manager) => {
          const lock = { mode: "pessimistic_write" } as const;
          const account = await manager.findOneOrFail(Accounts, { where: { id: "alice" }, lock });
          account.balance -= 30;
          await manager.save(Accounts, account);
        }),
    },
  ],
});

export const typeorm_shelves = [shelf("postgres"), shelf("mysql")];
