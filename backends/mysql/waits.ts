import type { Connection, RowDataPacket } from "mysql2/promise";

/** One connection, as the client and as the server's performance schema number it (0 on MariaDB). */
export interface Thread {
  readonly connection_id: number;
  readonly thread_id: number;
}

/** The connection ids of those threads that wait for another one's lock right now. */
export type Waits = (
  control: Connection,
  threads: readonly Thread[],
) => Promise<ReadonlySet<number>>;

/** Does not match `waiting for handler commit`: that is work, not a lock. */
const waits_for_table = /^Waiting for .*(lock|flush)$/;

/**
 * MySQL: row locks from `data_lock_waits`, named and table locks from the threads' states. (What
 * `information_schema` says about transactions comes from a cache that fast polling keeps stale.)
 */
export const waitingInMysql: Waits = async (control, threads) => {
  const [rows] = await control.query<RowDataPacket[]>(
    `SELECT requesting_thread_id AS id, 'row lock' AS state FROM performance_schema.data_lock_waits
     UNION ALL
     SELECT thread_id, processlist_state FROM performance_schema.threads
      WHERE thread_id IN (?)
        AND (processlist_state = 'User lock' OR processlist_state LIKE 'Waiting for %lock'
             OR processlist_state LIKE 'Waiting for %flush')`,
    [threads.map((thread) => thread.thread_id)],
  );
  const states = new Map(rows.map(({ id, state }) => [Number(id), String(state)]));
  const held = threads.filter(({ thread_id }) => states.has(thread_id));
  const named = held.filter(({ thread_id }) => states.get(thread_id) === "User lock");
  const waiting = new Set(held.map((thread) => thread.connection_id));
  if (named.length > 0) await keepHeldByOthers(control, named, waiting);
  return waiting;
};

/**
 * Keeps those whose lock is held by another: the state `User lock` remains for a moment after the lock was handed
 * over.
 */
async function keepHeldByOthers(
  control: Connection,
  named: readonly Thread[],
  waiting: Set<number>,
): Promise<void> {
  const [rows] = await control.query<RowDataPacket[]>(
    `SELECT owner_thread_id AS id, IS_USED_LOCK(object_name) AS holder
       FROM performance_schema.metadata_locks
      WHERE owner_thread_id IN (?) AND object_type = 'USER LEVEL LOCK' AND lock_status = 'PENDING'`,
    [named.map((thread) => thread.thread_id)],
  );
  const holders = new Map(rows.map(({ id, holder }) => [Number(id), holder as number | null]));
  for (const { connection_id, thread_id } of named) {
    const holder = holders.get(thread_id) ?? null;
    if (holder === null || holder === connection_id) waiting.delete(connection_id);
  }
}

/** MariaDB: row locks from InnoDB's status, named and table locks from the process list. */
export const waitingInMariadb: Waits = async (control, threads) => {
  const ids = new Set(threads.map((thread) => thread.connection_id));
  const [[status, processes]] = await control.query<[RowDataPacket[], RowDataPacket[]]>(
    `SHOW ENGINE INNODB STATUS;
     SELECT id, state, info FROM information_schema.processlist WHERE id IN (?)`,
    [[...ids]],
  );
  const waiting = new Set<number>();
  for (const transaction of String(status[0]?.["Status"]).split("---TRANSACTION").slice(1)) {
    const id = Number(/^LOCK WAIT[^]*?^MariaDB thread id (\d+)/m.exec(transaction)?.[1]);
    if (ids.has(id)) waiting.add(id);
  }
  for (const { id, state, info } of processes) {
    if (waits_for_table.test(String(state))) waiting.add(Number(id));
    if (state !== "User lock") continue;
    const name = namedLockOf(String(info));
    if (name === undefined || (await isHeldByOther(control, name, Number(id)))) {
      waiting.add(Number(id));
    }
  }
  return waiting;
};

/** The lock that a statement asks for by name, where it says no more than that. */
export const namedLockOf = (statement: string): string | undefined =>
  /get_lock\s*\(\s*'([^'\\]*)'\s*,/i.exec(statement)?.[1];

async function isHeldByOther(control: Connection, name: string, id: number): Promise<boolean> {
  const [rows] = await control.query<RowDataPacket[]>("SELECT IS_USED_LOCK(?) AS holder", [name]);
  const holder = rows[0]?.["holder"] as number | null;
  return holder !== null && holder !== id;
}
