/** MikroORM: https://mikro-orm.io */
import { EntitySchema, LockMode, type MikroORM } from "@mikro-orm/core";
import { MikroORM as Mysql } from "@mikro-orm/mysql";
import { MikroORM as Postgres } from "@mikro-orm/postgresql";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";

interface Account {
  id: string;
  balance: number;
}
const Accounts = new EntitySchema<Account>({
  name: "Account",
  tableName: "account",
  properties: { id: { type: "string", primary: true }, balance: { type: "number" } },
});

/** Right for one customer at a time. */
async function withdraw(orm: MikroORM, id: string, amount: number): Promise<void> {
  const em = orm.em.fork();
  const account = await em.findOneOrFail(Accounts, id);
  account.balance -= amount;
  await em.flush();
}

/** The row is locked where it is read. */
const withdrawSafely = (orm: MikroORM, id: string, amount: number) =>
  orm.em.fork().transactional(async (em) => {
    const lockMode = LockMode.PESSIMISTIC_WRITE;
    const account = await em.findOneOrFail(Accounts, id, { lockMode });
    account.balance -= amount;
  });

const open = {
  postgres: (clientUrl: string) => Postgres.init({ clientUrl, entities: [Accounts] }),
  mysql: (clientUrl: string) => Mysql.init({ clientUrl, entities: [Accounts] }),
};

describe.each(["postgres", "mysql"] as const)("%s", (database) => {
  const program = (run: (db: MikroORM) => Promise<void>) => ({
    database,
    schema: "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)",
    client: (url: string): Promise<MikroORM> => open[database](url),
    async setup(orm: MikroORM) {
      const em = orm.em.fork();
      await em.nativeDelete(Accounts, {});
      await em.insert(Accounts, { id: "alice", balance: 100 });
    },
    run,
  });

  test("two withdrawals at once", async () => {
    await expect(explore(program((db) => withdraw(db, "alice", 30)))).rejects.toThrow(
      /both read balance = 100/,
    );
  });

  test("repaired", async () => {
    const report = await explore(program((db) => withdrawSafely(db, "alice", 30)));
    expect(report.text).toContain("proof for this size");
  });
});
