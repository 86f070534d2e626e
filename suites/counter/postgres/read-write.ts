import type { Client } from "pg";
import { byLevel, fails } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/postgres.ts";
import { lost } from "../promises.ts";
import { lostInAutocommit } from "./autocommit.ts";
import { prepare, read } from "./counter-table.ts";

/** Reads, adds one in the application, writes. The table has only one row, so there is no WHERE. */
export const readWriteWithoutWhere: Strategy<Client> = {
  name: "read-write-without-where",
  declared: lostInAutocommit,
  async prepare(client) {
    await client.query("DELETE FROM SingleCounter");
    await client.query("INSERT INTO SingleCounter VALUES (0)");
  },
  async run(client) {
    const { rows } = await client.query("SELECT count_value FROM SingleCounter");
    const next = rows[0].count_value + 1;
    await client.query("UPDATE SingleCounter SET count_value = $1", [next]);
    return next;
  },
  async read(client) {
    const { rows } = await client.query("SELECT count_value FROM SingleCounter");
    return rows[0].count_value;
  },
};

/** The same on one row, by its key. */
export const readWrite: Strategy<Client> = {
  name: "read-write",
  declared: lostInAutocommit,
  prepare,
  read,
  async run(client, id) {
    const { rows } = await client.query("SELECT count_value FROM Counter WHERE id = $1", [id]);
    const next = rows[0].count_value + 1;
    await client.query("UPDATE Counter SET count_value = $1 WHERE id = $2", [next, id]);
    return next;
  },
};

/** "It is in a transaction, so it is safe": only at REPEATABLE READ and above, and there it fails instead. */
export const readWriteInTransaction: Strategy<Client> = {
  name: "read-write-in-transaction",
  declared: byLevel(lost, lost, fails("40001"), fails("40001")),
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      const { rows } = await client.query("SELECT count_value FROM Counter WHERE id = $1", [id]);
      const next = rows[0].count_value + 1;
      await client.query("UPDATE Counter SET count_value = $1 WHERE id = $2", [next, id]);
      return next;
    });
  },
};
