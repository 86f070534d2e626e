/** Sequelize: https://sequelize.org */
import { explore } from "raceproof";
import { DataTypes, Model, Sequelize } from "sequelize";
import { describe, expect, test } from "vitest";

class Account extends Model {
  declare id: string;
  declare balance: number;
}

function connect(url: string) {
  const db = new Sequelize(url, { logging: false });
  class Own extends Account {}
  Own.init(
    { id: { type: DataTypes.STRING, primaryKey: true }, balance: DataTypes.INTEGER },
    { sequelize: db, tableName: "account", timestamps: false },
  );
  return { db, accounts: Own, close: () => db.close() };
}
type App = ReturnType<typeof connect>;

/** Right for one customer at a time. */
const withdraw = ({ db, accounts }: App, id: string, amount: number) =>
  db.transaction(async (transaction) => {
    const account = await accounts.findByPk(id, { transaction, rejectOnEmpty: true });
    await account.update({ balance: account.balance - amount }, { transaction });
  });

/** The row is locked where it is read. */
const withdrawSafely = ({ db, accounts }: App, id: string, amount: number) =>
  db.transaction(async (transaction) => {
    const account = await accounts.findByPk(id, { transaction, lock: true, rejectOnEmpty: true });
    await account.update({ balance: account.balance - amount }, { transaction });
  });

describe.each(["postgres", "mysql"])("%s", (database) => {
  type Withdraw = (app: App, id: string, amount: number) => Promise<void>;

  const program = (run: Withdraw) => ({
    database,
    schema: "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)",
    client: connect,
    async setup({ accounts }: App) {
      await accounts.destroy({ where: {} });
      await accounts.create({ id: "alice", balance: 100 });
    },
    run: [(app: App) => run(app, "alice", 20), (app: App) => run(app, "alice", 30)],
    check: async ({ accounts }: App) => (await accounts.findOne())?.balance === 50,
  });

  test("two withdrawals at once", async () => {
    await expect(explore(program(withdraw))).rejects.toThrow(/both read .*100/);
  });

  test("repaired", async () => {
    const report = await explore(program(withdrawSafely));
    expect(report.text).toContain("proof for this size");
  });
});
