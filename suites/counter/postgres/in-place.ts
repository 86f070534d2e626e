import type { Client } from "pg";
import { byLevel, fails, kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/postgres.ts";
import { keptInAutocommit } from "./autocommit.ts";
import { prepare, prepareWithoutRow, read } from "./counter-table.ts";

const transaction = byLevel(kept, kept, fails("40001"), fails("40001"));

async function addOne(client: Client, id: string): Promise<number> {
  const { rows } = await client.query(
    "UPDATE Counter SET count_value = count_value + 1 WHERE id = $1 RETURNING count_value",
    [id],
  );
  return rows[0].count_value;
}

async function upsertOne(client: Client, id: string): Promise<number> {
  const { rows } = await client.query(
    `INSERT INTO Counter (id, count_value) VALUES ($1, 1)
     ON CONFLICT (id) DO UPDATE SET count_value = Counter.count_value + 1
     RETURNING count_value`,
    [id],
  );
  return rows[0].count_value;
}

/** The database adds: nothing is read that could become stale. */
export const inPlace: Strategy<Client> = {
  name: "in-place",
  declared: keptInAutocommit,
  prepare,
  read,
  run: addOne,
};

export const inPlaceInTransaction: Strategy<Client> = {
  name: "in-place-in-transaction",
  declared: transaction,
  prepare,
  read,
  run: (client, id) => inTransaction(client, () => addOne(client, id)),
};

/** Reading the value first takes the snapshot early, but the database still does the adding. */
export const inPlaceAfterRead: Strategy<Client> = {
  name: "in-place-after-read",
  declared: transaction,
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      await read(client, id);
      return addOne(client, id);
    });
  },
};

export const upsert: Strategy<Client> = {
  name: "upsert",
  declared: keptInAutocommit,
  prepare,
  read,
  run: upsertOne,
};

/** Nobody has counted yet: both clients may try to insert the first row. */
export const upsertFirst: Strategy<Client> = {
  name: "upsert-first",
  declared: keptInAutocommit,
  prepare: prepareWithoutRow,
  read,
  run: upsertOne,
};

export const upsertInTransaction: Strategy<Client> = {
  name: "upsert-in-transaction",
  declared: transaction,
  prepare: prepareWithoutRow,
  read,
  run: (client, id) => inTransaction(client, () => upsertOne(client, id)),
};
