import type { Connection } from "mysql2/promise";
import { byLevel, fails, kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/mysql.ts";
import { prepare, prepareWithoutRow, read } from "./counter-table.ts";

async function addOne(connection: Connection, id: string): Promise<void> {
  await connection.query("UPDATE Counter SET count_value = count_value + 1 WHERE id = ?", [id]);
}

async function upsertOne(connection: Connection, id: string): Promise<void> {
  await connection.query(
    `INSERT INTO Counter (id, count_value) VALUES (?, 1)
     ON DUPLICATE KEY UPDATE count_value = count_value + 1`,
    [id],
  );
}

/** The database adds: nothing is read that could become stale. */
export const inPlace: Strategy<Connection> = {
  name: "in-place",
  declared: kept,
  prepare,
  read,
  run: addOne,
};

export const inPlaceInTransaction: Strategy<Connection> = {
  name: "in-place-in-transaction",
  declared: kept,
  prepare,
  read,
  run: (connection, id) => inTransaction(connection, () => addOne(connection, id)),
};

/** Reads the value first, but the database still does the adding. At SERIALIZABLE that read takes a share lock. */
export const inPlaceAfterRead: Strategy<Connection> = {
  name: "in-place-after-read",
  declared: byLevel(kept, kept, kept, fails("1213")),
  prepare,
  read,
  run(connection, id) {
    return inTransaction(connection, async () => {
      await read(connection, id);
      await addOne(connection, id);
    });
  },
};

export const upsert: Strategy<Connection> = {
  name: "upsert",
  declared: kept,
  prepare,
  read,
  run: upsertOne,
};

/** Nobody has counted yet: both clients may try to insert the first row. */
export const upsertFirst: Strategy<Connection> = {
  name: "upsert-first",
  declared: { ...kept, under_load: ["1213"] },
  prepare: prepareWithoutRow,
  read,
  run: upsertOne,
};

export const upsertInTransaction: Strategy<Connection> = {
  name: "upsert-in-transaction",
  declared: { ...kept, under_load: ["1213"] },
  prepare: prepareWithoutRow,
  read,
  run: (connection, id) => inTransaction(connection, () => upsertOne(connection, id)),
};
