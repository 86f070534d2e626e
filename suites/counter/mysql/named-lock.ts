import type { Connection, RowDataPacket } from "mysql2/promise";
import { byLevel, kept } from "../../../matrix/promise.ts";
import { Refused, type Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/mysql.ts";
import { lost } from "../promises.ts";
import { prepare, read } from "./counter-table.ts";

const lock_timeout_s = 10;

async function lock(connection: Connection, id: string): Promise<void> {
  const [rows] = await connection.query<RowDataPacket[]>("SELECT GET_LOCK(?, ?) AS locked", [
    id,
    lock_timeout_s,
  ]);
  if (rows[0]!.locked !== 1) throw new Refused(`no lock ${id} within ${lock_timeout_s} s`);
}

// If the connection is gone, so is the lock; the error that was thrown before is the one that counts.
async function unlock(connection: Connection, id: string): Promise<void> {
  await connection.query("SELECT RELEASE_LOCK(?)", [id]).catch(() => undefined);
}

async function readAndWrite(connection: Connection, id: string): Promise<number> {
  const next = (await read(connection, id)) + 1;
  await connection.query("UPDATE Counter SET count_value = ? WHERE id = ?", [next, id]);
  return next;
}

/** The lock is around the whole transaction. */
export const namedLock: Strategy<Connection> = {
  name: "named-lock",
  declared: kept,
  prepare,
  read,
  async run(connection, id) {
    await lock(connection, id);
    try {
      return await inTransaction(connection, () => readAndWrite(connection, id));
    } finally {
      await unlock(connection, id);
    }
  },
};

/**
 * The lock is given back before the write is committed, so the next client reads the old value.
 * At READ UNCOMMITTED it sees the new value, and at SERIALIZABLE its share lock waits for the commit.
 */
export const namedLockReleasedEarly: Strategy<Connection> = {
  name: "named-lock-released-before-commit",
  declared: byLevel(kept, lost, lost, kept),
  prepare,
  read,
  async run(connection, id) {
    await lock(connection, id);
    let held = true;
    try {
      return await inTransaction(connection, async () => {
        const next = await readAndWrite(connection, id);
        await unlock(connection, id);
        held = false;
        return next;
      });
    } finally {
      if (held) await unlock(connection, id);
    }
  },
};

/** GET_LOCK takes no snapshot, so it may come after BEGIN; it must not be given back before COMMIT. */
export const namedLockInsideTransaction: Strategy<Connection> = {
  name: "named-lock-inside-transaction",
  declared: kept,
  prepare,
  read,
  async run(connection, id) {
    try {
      return await inTransaction(connection, async () => {
        await lock(connection, id);
        return readAndWrite(connection, id);
      });
    } finally {
      await unlock(connection, id);
    }
  },
};
