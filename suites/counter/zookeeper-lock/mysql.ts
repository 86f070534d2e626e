/** Locks in ZooKeeper around a read-write in MySQL. */

import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import type { Client as Zookeeper } from "node-zookeeper-client";
import { kept, type Promised } from "../../../matrix/promise.ts";
import { Refused, type Strategy } from "../../../matrix/strategy.ts";
import { lost_update } from "../promises.ts";
import { expireHolder, fenceOf, prepareLock, withZookeeperLock } from "./lock.ts";

/** The connections of an application that keeps its data in MySQL and its locks in ZooKeeper. */
interface SqlAndZookeeper {
  readonly sql: Connection;
  readonly zookeeper: Zookeeper;
}

/** `fence` is the zxid of the lock holder that last wrote, or announced that it would. */
export async function setUp({ sql }: SqlAndZookeeper): Promise<void> {
  await sql.query(`
    CREATE TABLE IF NOT EXISTS FencedCounter (
      id          varchar(100) PRIMARY KEY,
      count_value int NOT NULL,
      fence       char(19) NOT NULL
    )`);
}

async function read({ sql }: SqlAndZookeeper, id: string): Promise<number> {
  const [rows] = await sql.query<RowDataPacket[]>(
    "SELECT count_value FROM FencedCounter WHERE id = ?",
    [id],
  );
  return rows[0]!["count_value"];
}

/**
 * Declared only at the server's default level: each statement is a transaction of its own, so the level changes
 * nothing.
 */
const at = (promised: Promised) => ({
  "REPEATABLE READ": { ...promised, under_load: ["refused"] },
});

const around_lock = {
  async prepare({ sql, zookeeper }: SqlAndZookeeper, id: string) {
    await prepareLock(zookeeper, id);
    await sql.query(
      `INSERT INTO FencedCounter VALUES (?, 0, '')
       ON DUPLICATE KEY UPDATE count_value = 0, fence = ''`,
      [id],
    );
  },
  read,
  expire: ({ zookeeper }: SqlAndZookeeper, id: string) => expireHolder(zookeeper, id),
};

/** Works until the holder's session expires: then two clients hold the lock, and each believes it is alone. */
const zookeeperLock: Strategy<SqlAndZookeeper> = {
  ...around_lock,
  name: "zookeeper-lock",
  declared: at({ ...kept, when: { lock_lost: lost_update } }),
  run(clients, id, _, { backoff }) {
    return withZookeeperLock(clients.zookeeper, id, backoff, async () => {
      const next = (await read(clients, id)) + 1;
      await clients.sql.query("UPDATE FencedCounter SET count_value = ? WHERE id = ?", [next, id]);
      return next;
    });
  },
};

/**
 * The textbook's fence: the write carries the zxid of the lock's node and is refused once a newer holder
 * has written. Too weak for read-then-write: the old holder may still write after the new one has read and
 * before the new one writes.
 */
const fencedByHighestWrite: Strategy<SqlAndZookeeper> = {
  ...around_lock,
  name: "zookeeper-lock-fenced-by-highest-write",
  declared: at({ ...kept, when: { lock_lost: lost_update } }),
  run(clients, id, _, { backoff }) {
    return withZookeeperLock(clients.zookeeper, id, backoff, async (node) => {
      const fence = await fenceOf(clients.zookeeper, node);
      const next = (await read(clients, id)) + 1;
      const [{ affectedRows }] = await clients.sql.query<ResultSetHeader>(
        "UPDATE FencedCounter SET count_value = ?, fence = ? WHERE id = ? AND fence < ?",
        [next, fence, id, fence],
      );
      if (affectedRows === 0) throw new Refused(`a newer holder of the lock has written ${id}`);
      return next;
    });
  },
};

/** Locks out older holders before it reads, and writes only if no newer holder has come since. */
const fenced: Strategy<SqlAndZookeeper> = {
  ...around_lock,
  name: "zookeeper-lock-fenced",
  declared: at(kept),
  run(clients, id, _, { backoff }) {
    return withZookeeperLock(clients.zookeeper, id, backoff, async (node) => {
      const fence = await fenceOf(clients.zookeeper, node);
      await clients.sql.query("UPDATE FencedCounter SET fence = ? WHERE id = ? AND fence < ?", [
        fence,
        id,
        fence,
      ]);
      const next = (await read(clients, id)) + 1;
      const [{ affectedRows }] = await clients.sql.query<ResultSetHeader>(
        "UPDATE FencedCounter SET count_value = ? WHERE id = ? AND fence = ?",
        [next, id, fence],
      );
      if (affectedRows === 0) throw new Refused(`somebody else holds the lock of ${id} by now`);
      return next;
    });
  },
};

export const strategies: readonly Strategy<SqlAndZookeeper>[] = [
  zookeeperLock,
  fencedByHighestWrite,
  fenced,
];
