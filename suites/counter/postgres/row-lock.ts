import type { Client } from "pg";
import { byLevel, fails, kept, type Promised } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/postgres.ts";
import { lost } from "../promises.ts";
import { lostInAutocommit } from "./autocommit.ts";
import { prepare, read } from "./counter-table.ts";

// At REPEATABLE READ and above, PostgreSQL refuses to lock or write a row that is newer than the snapshot.
const correct = byLevel(kept, kept, fails("40001"), fails("40001"));

async function lockAndRead(client: Client, id: string, lock: string): Promise<number> {
  const { rows } = await client.query(`SELECT count_value FROM Counter WHERE id = $1 ${lock}`, [
    id,
  ]);
  return rows[0].count_value;
}

async function write(client: Client, id: string, value: number): Promise<number> {
  await client.query("UPDATE Counter SET count_value = $1 WHERE id = $2", [value, id]);
  return value;
}

/** The pessimistic lock: the second client's SELECT waits for the first client's COMMIT. */
export const selectForUpdate: Strategy<Client> = {
  name: "select-for-update",
  declared: correct,
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      const value = await lockAndRead(client, id, "FOR UPDATE");
      return write(client, id, value + 1);
    });
  },
};

/** The weaker lock, which does not block inserts that refer to the row by a foreign key; just as good for a counter. */
export const selectForNoKeyUpdate: Strategy<Client> = {
  name: "select-for-no-key-update",
  declared: correct,
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      const value = await lockAndRead(client, id, "FOR NO KEY UPDATE");
      return write(client, id, value + 1);
    });
  },
};

/** Without BEGIN the lock is gone as soon as the SELECT has answered. */
export const selectForUpdateWithoutTransaction: Strategy<Client> = {
  name: "select-for-update-without-transaction",
  declared: lostInAutocommit,
  prepare,
  read,
  async run(client, id) {
    const value = await lockAndRead(client, id, "FOR UPDATE");
    return write(client, id, value + 1);
  },
};

/** Looks first, then locks and reads again, and uses what it read under the lock. */
export const readThenSelectForUpdate: Strategy<Client> = {
  name: "read-then-select-for-update",
  declared: correct,
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      await read(client, id);
      const value = await lockAndRead(client, id, "FOR UPDATE");
      return write(client, id, value + 1);
    });
  },
};

/** Looks first, then locks, but uses what it saw before it had the lock. */
export const selectForUpdateTooLate: Strategy<Client> = {
  name: "select-for-update-too-late",
  declared: byLevel(lost, lost, fails("40001"), fails("40001")),
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      const value = await read(client, id);
      await lockAndRead(client, id, "FOR UPDATE");
      return write(client, id, value + 1);
    });
  },
};

const deadlock: Promised = fails("40P01");

/** Both clients get the share lock, and then each waits for the other to give it up. */
export const selectForShare: Strategy<Client> = {
  name: "select-for-share",
  declared: byLevel(deadlock, deadlock, fails("40P01", "40001"), fails("40P01", "40001")),
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      const value = await lockAndRead(client, id, "FOR SHARE");
      return write(client, id, value + 1);
    });
  },
};

/** Does not wait for the lock: the second client fails at once. */
export const selectForUpdateNowait: Strategy<Client> = {
  name: "select-for-update-nowait",
  declared: { ...fails("55P03"), under_load: ["40001"] },
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      const value = await lockAndRead(client, id, "FOR UPDATE NOWAIT");
      return write(client, id, value + 1);
    });
  },
};
