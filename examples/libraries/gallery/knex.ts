import knex, { type Knex } from "knex";
import type { Shelf } from "../../../tests/gallery/program.ts";
import { schema } from "./account.ts";

const shelf = (kind: "postgres" | "mysql", client: string): Shelf<Knex> => ({
  kinds: [kind],
  library: "Knex",
  open: (url) => knex({ client, connection: url }),
  programs: [
    {
      name: "lost update",
      schema,
      async setup(db) {
        await db("account").delete();
        await db("account").insert({ id: "alice", balance: 100 });
      },
      racy: (db) =>
        db.transaction(async (tx) => {
          const { balance } = await tx("account").where({ id: "alice" }).first();
          await tx("account")
            .where({ id: "alice" })
            .update("balance", balance - 30);
        }),
      repaired: async (db) => db("account").where({ id: "alice" }).decrement("balance", 30),
    },
    {
      name: "queue claimed twice",
      schema: "CREATE TABLE job (id int PRIMARY KEY, worker int)",
      async setup(db) {
        await db("job").delete();
        await db("job").insert([{ id: 1 }, { id: 2 }]);
      },
      racy: (db, { client }) =>
        db.transaction(async (tx) => {
          const job = await tx("job").whereNull("worker").orderBy("id").first();
          if (job === undefined) return undefined;
          await tx("job").where({ id: job.id }).update("worker", client);
          return job.id;
        }),
      repaired: (db, { client }) =>
        db.transaction(async (tx) => {
          const job = await tx("job").whereNull("worker").orderBy("id").first().forUpdate();
          if (job === undefined) return undefined;
          await tx("job").where({ id: job.id }).update("worker", client);
          return job.id;
        }),
    },
  ],
});

export const knex_shelves = [shelf("postgres", "pg"), shelf("mysql", "mysql2")];
