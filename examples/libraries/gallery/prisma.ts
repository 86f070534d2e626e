import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import { PrismaPg } from "@prisma/adapter-pg";
import type { Shelf } from "../../../tests/gallery/program.ts";
import { PrismaClient as MysqlClient } from "../generated/mysql/client.ts";
import { PrismaClient } from "../generated/postgres/client.ts";
import { schema } from "./account.ts";

const shelf = (
  kind: "postgres" | "mysql",
  open: (url: string) => PrismaClient,
): Shelf<PrismaClient> => ({
  kinds: [kind],
  library: "Prisma",
  open,
  programs: [
    {
      name: "lost update",
      schema,
      async setup(db) {
        await db.account.deleteMany();
        await db.account.create({ data: { id: "alice", balance: 100 } });
      },
      racy: (db) =>
        db.$transaction(async (tx) => {
          const { balance } = await tx.account.findUniqueOrThrow({ where: { id: "alice" } });
          await tx.account.update({ where: { id: "alice" }, data: { balance: balance - 30 } });
        }),
      repaired: (db) =>
        db.account.update({ where: { id: "alice" }, data: { balance: { decrement: 30 } } }),
    },
    {
      name: "overdrawn",
      schema,
      async setup(db) {
        await db.account.deleteMany();
        await db.account.create({ data: { id: "alice", balance: 100 } });
      },
      async racy(db) {
        const account = await db.account.findUnique({ where: { id: "alice" } });
        if (account === null || account.balance < 60) return "refused";
        await db.account.update({ where: { id: "alice" }, data: { balance: { decrement: 60 } } });
        return "paid";
      },
      async repaired(db) {
        const { count } = await db.account.updateMany({
          where: { id: "alice", balance: { gte: 60 } },
          data: { balance: { decrement: 60 } },
        });
        return count === 1 ? "paid" : "refused";
      },
    },
  ],
});

export const prisma_shelves = [
  shelf(
    "postgres",
    (url) => new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) }),
  ),
  shelf(
    "mysql",
    (url) => new MysqlClient({ adapter: new PrismaMariaDb(url) }) as unknown as PrismaClient,
  ),
];
