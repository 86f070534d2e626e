import type { Connection, RowDataPacket } from "mysql2/promise";
import { byLevel, fails } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/mysql.ts";
import { lost } from "../promises.ts";
import { prepare, read } from "./counter-table.ts";

/** Reads, adds one in the application, writes. The table has only one row, so there is no WHERE. */
export const readWriteWithoutWhere: Strategy<Connection> = {
  name: "read-write-without-where",
  declared: lost,
  async prepare(connection) {
    await connection.query("DELETE FROM SingleCounter");
    await connection.query("INSERT INTO SingleCounter VALUES (0)");
  },
  async run(connection) {
    const [rows] = await connection.query<RowDataPacket[]>("SELECT count_value FROM SingleCounter");
    const next = rows[0]!.count_value + 1;
    await connection.query("UPDATE SingleCounter SET count_value = ?", [next]);
    return next;
  },
  async read(connection) {
    const [rows] = await connection.query<RowDataPacket[]>("SELECT count_value FROM SingleCounter");
    return rows[0]!.count_value;
  },
};

/** The same on one row, by its key. */
export const readWrite: Strategy<Connection> = {
  name: "read-write",
  declared: lost,
  prepare,
  read,
  async run(connection, id) {
    const [rows] = await connection.query<RowDataPacket[]>(
      "SELECT count_value FROM Counter WHERE id = ?",
      [id],
    );
    const next = rows[0]!.count_value + 1;
    await connection.query("UPDATE Counter SET count_value = ? WHERE id = ?", [next, id]);
    return next;
  },
};

/** "It is in a transaction, so it is safe": not below SERIALIZABLE, and there it deadlocks instead. */
export const readWriteInTransaction: Strategy<Connection> = {
  name: "read-write-in-transaction",
  declared: byLevel(lost, lost, lost, fails("1213")),
  prepare,
  read,
  run(connection, id) {
    return inTransaction(connection, async () => {
      const [rows] = await connection.query<RowDataPacket[]>(
        "SELECT count_value FROM Counter WHERE id = ?",
        [id],
      );
      const next = rows[0]!.count_value + 1;
      await connection.query("UPDATE Counter SET count_value = ? WHERE id = ?", [next, id]);
      return next;
    });
  },
};
