import type { Connection, RowDataPacket } from "mysql2/promise";
import { byLevel, fails, kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/mysql.ts";
import { lost } from "../promises.ts";
import { prepare, read } from "./counter-table.ts";

async function lockAndRead(connection: Connection, id: string, lock: string): Promise<number> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT count_value FROM Counter WHERE id = ? ${lock}`,
    [id],
  );
  return rows[0]!.count_value;
}

async function write(connection: Connection, id: string, value: number): Promise<number> {
  await connection.query("UPDATE Counter SET count_value = ? WHERE id = ?", [value, id]);
  return value;
}

/** The pessimistic lock: the second client's SELECT waits for the first client's COMMIT. */
export const selectForUpdate: Strategy<Connection> = {
  name: "select-for-update",
  declared: kept,
  prepare,
  read,
  run(connection, id) {
    return inTransaction(connection, async () => {
      const value = await lockAndRead(connection, id, "FOR UPDATE");
      return write(connection, id, value + 1);
    });
  },
};

/** Without BEGIN the lock is gone as soon as the SELECT has answered. */
export const selectForUpdateWithoutTransaction: Strategy<Connection> = {
  name: "select-for-update-without-transaction",
  declared: lost,
  prepare,
  read,
  async run(connection, id) {
    const value = await lockAndRead(connection, id, "FOR UPDATE");
    return write(connection, id, value + 1);
  },
};

/** Looks first, then locks and reads again, and uses what it read under the lock (never the snapshot's value). */
export const readThenSelectForUpdate: Strategy<Connection> = {
  name: "read-then-select-for-update",
  declared: byLevel(kept, kept, kept, fails("1213")),
  prepare,
  read,
  run(connection, id) {
    return inTransaction(connection, async () => {
      await read(connection, id);
      const value = await lockAndRead(connection, id, "FOR UPDATE");
      return write(connection, id, value + 1);
    });
  },
};

/** Looks first, then locks, but uses what it saw before it had the lock. */
export const selectForUpdateTooLate: Strategy<Connection> = {
  name: "select-for-update-too-late",
  declared: byLevel(lost, lost, lost, fails("1213")),
  prepare,
  read,
  run(connection, id) {
    return inTransaction(connection, async () => {
      const value = await read(connection, id);
      await lockAndRead(connection, id, "FOR UPDATE");
      return write(connection, id, value + 1);
    });
  },
};

/** Both clients get the share lock, and then each waits for the other to give it up. */
export const selectForShare: Strategy<Connection> = {
  name: "select-for-share",
  declared: fails("1213"),
  prepare,
  read,
  run(connection, id) {
    return inTransaction(connection, async () => {
      // MySQL also accepts FOR SHARE, MariaDB only this.
      const value = await lockAndRead(connection, id, "LOCK IN SHARE MODE");
      return write(connection, id, value + 1);
    });
  },
};

/** Does not wait for the lock: the second client fails at once. */
export const selectForUpdateNowait: Strategy<Connection> = {
  name: "select-for-update-nowait",
  declared: fails("3572"),
  prepare,
  read,
  run(connection, id) {
    return inTransaction(connection, async () => {
      const value = await lockAndRead(connection, id, "FOR UPDATE NOWAIT");
      return write(connection, id, value + 1);
    });
  },
};
