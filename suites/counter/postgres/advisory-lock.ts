import type { Client } from "pg";
import { byLevel, fails, kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/postgres.ts";
import { lost } from "../promises.ts";
import { prepare, read } from "./counter-table.ts";

const lock = (client: Client, id: string) =>
  client.query("SELECT pg_advisory_lock(hashtext($1))", [id]);
// If the connection is gone, so is the lock; the error that was thrown before is the one that counts.
const unlock = (client: Client, id: string) =>
  client.query("SELECT pg_advisory_unlock(hashtext($1))", [id]).catch(() => undefined);

async function readAndWrite(client: Client, id: string): Promise<number> {
  const next = (await read(client, id)) + 1;
  await client.query("UPDATE Counter SET count_value = $1 WHERE id = $2", [next, id]);
  return next;
}

/** The lock is around the whole transaction. */
export const advisoryLock: Strategy<Client> = {
  name: "advisory-lock",
  declared: kept,
  prepare,
  read,
  async run(client, id) {
    await lock(client, id);
    try {
      return await inTransaction(client, () => readAndWrite(client, id));
    } finally {
      await unlock(client, id);
    }
  },
};

/** The lock is given back before the write is committed, so the next client reads the old value. */
export const advisoryLockReleasedEarly: Strategy<Client> = {
  name: "advisory-lock-released-before-commit",
  declared: byLevel(lost, lost, fails("40001"), fails("40001")),
  prepare,
  read,
  async run(client, id) {
    await lock(client, id);
    let held = true;
    try {
      return await inTransaction(client, async () => {
        const next = await readAndWrite(client, id);
        await unlock(client, id);
        held = false;
        return next;
      });
    } finally {
      if (held) await unlock(client, id);
    }
  },
};

/** The SELECT that takes the lock also takes the snapshot: too early at REPEATABLE READ and above. */
export const advisoryLockInsideTransaction: Strategy<Client> = {
  name: "advisory-lock-inside-transaction",
  declared: byLevel(kept, kept, fails("40001"), fails("40001")),
  prepare,
  read,
  async run(client, id) {
    try {
      return await inTransaction(client, async () => {
        await lock(client, id);
        return readAndWrite(client, id);
      });
    } finally {
      await unlock(client, id);
    }
  },
};

/** PostgreSQL gives the lock back itself, with the COMMIT. */
export const advisoryTransactionLock: Strategy<Client> = {
  name: "advisory-transaction-lock",
  declared: byLevel(kept, kept, fails("40001"), fails("40001")),
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      await client.query("SELECT pg_advisory_xact_lock(hashtext($1))", [id]);
      return readAndWrite(client, id);
    });
  },
};
