/**
 * Prisma, with driver adapters: https://www.prisma.io/docs. `prisma generate` makes the clients in generated/. It would
 * also fetch its engine for migrations, which nobody needs here: so package.json names another program in its place.
 */
import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import { PrismaPg } from "@prisma/adapter-pg";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";
import { PrismaClient as MysqlClient } from "./generated/mysql/client.ts";
import { PrismaClient } from "./generated/postgres/client.ts";

type Db = Pick<PrismaClient, "account" | "$disconnect">;

/** Right for one customer at a time. */
const withdraw = async (db: Db, id: string, amount: number) => {
  const { balance } = await db.account.findUniqueOrThrow({ where: { id } });
  await db.account.update({ where: { id }, data: { balance: balance - amount } });
};

/** The database itself subtracts. */
const withdrawSafely = (db: Db, id: string, amount: number) =>
  db.account.update({ where: { id }, data: { balance: { decrement: amount } } });

const clients = {
  postgres: (url: string): Db =>
    new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) }),
  mysql: (url: string): Db => new MysqlClient({ adapter: new PrismaMariaDb(url) }) as unknown as Db,
};

describe.each(["postgres", "mysql"] as const)("%s", (database) => {
  const program = (run: (db: Db) => Promise<unknown>) => ({
    database,
    schema: "CREATE TABLE account (id varchar(20) PRIMARY KEY, balance int NOT NULL)",
    client: clients[database],
    async setup(db: Db) {
      await db.account.deleteMany();
      await db.account.create({ data: { id: "alice", balance: 100 } });
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
