/** TypeORM: https://typeorm.io */
import { explore } from "raceproof";
import { DataSource, EntitySchema } from "typeorm";
import { describe, expect, test } from "vitest";

interface Account {
  id: string;
  balance: number;
}
const Accounts = new EntitySchema<Account>({
  name: "account",
  columns: { id: { type: "varchar", length: 20, primary: true }, balance: { type: "int" } },
});

/** Right for one customer at a time. */
const withdraw = (db: DataSource, id: string, amount: number) =>
  db.transaction(async (manager) => {
    const account = await manager.findOneByOrFail(Accounts, { id });
    await manager.update(Accounts, { id }, { balance: account.balance - amount });
  });

/** The row is locked where it is read. */
const withdrawSafely = (db: DataSource, id: string, amount: number) =>
  db.transaction(async (manager) => {
    const lock = { mode: "pessimistic_write" } as const;
    const account = await manager.findOneOrFail(Accounts, { where: { id }, lock });
    await manager.update(Accounts, { id }, { balance: account.balance - amount });
  });

describe.each(["postgres", "mysql"] as const)("%s", (type) => {
  const program = (run: (db: DataSource) => Promise<void>) => ({
    database: type,
    schema: "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)",
    client: (url: string) => new DataSource({ type, url, entities: [Accounts] }).initialize(),
    async setup(db: DataSource) {
      await db.getRepository(Accounts).clear();
      await db.getRepository(Accounts).insert({ id: "alice", balance: 100 });
    },
    run,
    async check(db: DataSource) {
      const [account] = await db.getRepository(Accounts).find();
      return account?.balance === 40;
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
