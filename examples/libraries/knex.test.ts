/** Knex: https://knexjs.org */
import knex, { type Knex } from "knex";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";

/** Right for one customer at a time. */
const withdraw = (db: Knex, id: string, amount: number) =>
  db.transaction(async (tx) => {
    const { balance } = await tx("account").where({ id }).first();
    await tx("account")
      .where({ id })
      .update({ balance: balance - amount });
  });

/** The row is locked where it is read. */
const withdrawSafely = (db: Knex, id: string, amount: number) =>
  db.transaction(async (tx) => {
    const { balance } = await tx("account").where({ id }).forUpdate().first();
    await tx("account")
      .where({ id })
      .update({ balance: balance - amount });
  });

describe.each([
  ["postgres", "pg"],
  ["mysql", "mysql2"],
])("%s", (database, client) => {
  const program = (run: (db: Knex) => Promise<void>) => ({
    database,
    schema: "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)",
    client: (url: string) => knex({ client, connection: url }),
    async setup(db: Knex) {
      await db("account").delete();
      await db("account").insert({ id: "alice", balance: 100 });
    },
    run,
    check: async (db: Knex) => (await db("account").first()).balance === 40,
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
