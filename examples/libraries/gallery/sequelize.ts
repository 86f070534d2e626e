import { DataTypes, Model, Sequelize } from "sequelize";
import type { Shelf } from "../../../tests/gallery/program.ts";
import { schema } from "./account.ts";

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

const shelf = (kind: "postgres" | "mysql"): Shelf<App> => ({
  kinds: [kind],
  library: "Sequelize",
  open: connect,
  programs: [
    {
      name: "lost update",
      schema,
      async setup({ accounts }) {
        await accounts.destroy({ where: {} });
        await accounts.create({ id: "alice", balance: 100 });
      },
      async racy({ accounts }) {
        const account = await accounts.findByPk("alice", { rejectOnEmpty: true });
        account.balance -= 30;
        await account.save();
      },
      async repaired({ accounts }) {
        await accounts.decrement("balance", { by: 30, where: { id: "alice" } });
      },
    },
  ],
});

export const sequelize_shelves = [shelf("postgres"), shelf("mysql")];
