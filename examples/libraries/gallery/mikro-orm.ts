import { EntitySchema, LockMode, type MikroORM } from "@mikro-orm/core";
import { MikroORM as Mysql } from "@mikro-orm/mysql";
import { MikroORM as Postgres } from "@mikro-orm/postgresql";
import type { Shelf } from "../../../tests/gallery/program.ts";
import { type Account, schema } from "./account.ts";

const Accounts = new EntitySchema<Account>({
  name: "Account",
  tableName: "account",
  properties: { id: { type: "string", primary: true }, balance: { type: "number" } },
});

const shelf = (
  kind: "postgres" | "mysql",
  open: (url: string) => Promise<MikroORM>,
): Shelf<MikroORM> => ({
  kinds: [kind],
  library: "MikroORM",
  open,
  programs: [
    {
      name: "lost update",
      schema,
      async setup(orm) {
        const em = orm.em.fork();
        await em.nativeDelete(Accounts, {});
        await em.insert(Accounts, { id: "alice", balance: 100 });
      },
      async racy(orm) {
        const em = orm.em.fork();
        const account = await em.findOneOrFail(Accounts, "alice");
        account.balance -= 30;
        await em.flush();
      },
      repaired: (orm) =>
        orm.em.fork().transactional(async (em) => {
          const lockMode = LockMode.PESSIMISTIC_WRITE;
          const account = await em.findOneOrFail(Accounts, "alice", { lockMode });
          account.balance -= 30;
        }),
    },
  ],
});

export const mikro_orm_shelves = [
  shelf("postgres", (clientUrl) => Postgres.init({ clientUrl, entities: [Accounts] })),
  shelf("mysql", (clientUrl) => Mysql.init({ clientUrl, entities: [Accounts] })),
];
