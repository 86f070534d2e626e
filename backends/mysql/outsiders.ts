/**
 * Who else has a part in it that clients wait. Besides locks of other sessions there is one that no table shows: after
 * FLUSH TABLES, or the SIGHUP that log rotation sends, MySQL opens a table anew only when every statement is over that
 * still uses it as it was. If one of these waits for a row lock of the client that comes now, the two wait for each
 * other, by no fault of theirs.
 */
import type { Connection, RowDataPacket } from "mysql2/promise";
import type { HeldUp, Interventions } from "../backend.ts";
import { namedLockOf } from "./waits.ts";

/** After one of these, a client's waits for a flush, or for a lock on the whole server, may be its own doing. */
const flushes = /\b(?:flush|analyze|optimize|repair|alter|backup|lock|call|execute)\b/i;

/** On a table, none of these holds up another of them. */
const weak = "('SHARED', 'SHARED_HIGH_PRIO', 'SHARED_READ', 'SHARED_WRITE', 'SHARED_UPGRADABLE')";

const somebody_flushed =
  "its tables were flushed, by FLUSH TABLES or by SIGHUP, as log rotation sends it";

export async function heldUpInMysql(
  control: Connection,
  { waiting, ours, statements }: HeldUp,
): Promise<string | undefined> {
  const [rows] = await control.query<RowDataPacket[]>(
    `SELECT t.processlist_id AS id, t.processlist_user AS user, t.name
       FROM (SELECT requesting_thread_id AS waiting, blocking_thread_id AS other
               FROM performance_schema.data_lock_waits
             UNION
             SELECT w.owner_thread_id, h.owner_thread_id
               FROM performance_schema.metadata_locks w
               JOIN performance_schema.metadata_locks h
                 ON h.object_type = w.object_type AND h.object_schema <=> w.object_schema
                AND h.object_name <=> w.object_name AND h.owner_thread_id <> w.owner_thread_id
              WHERE w.lock_status = 'PENDING'
                AND NOT (w.lock_type IN ${weak} AND h.lock_type IN ${weak})
                AND NOT (w.lock_type = 'INTENTION_EXCLUSIVE' AND h.lock_type = w.lock_type)) pairs
       JOIN performance_schema.threads c ON c.thread_id = pairs.waiting
       JOIN performance_schema.threads t ON t.thread_id = pairs.other
      WHERE c.processlist_id IN (?) AND (t.processlist_id IS NULL OR t.processlist_id NOT IN (?))
      LIMIT 1`,
    [listed(waiting), listed(ours)],
  );
  const [other] = rows;
  if (other) return other["id"] === null ? `its thread ${String(other["name"])}` : inWords(other);
  const states = await statesOf(control, waiting);
  return states.some(({ state }) => state === "Waiting for table flush") && !hasFlushed(statements)
    ? somebody_flushed
    : undefined;
}

/** How often all tables were flushed; MariaDB, where nothing waits for that, does not count it. */
export async function flushesOf(control: Connection): Promise<Interventions> {
  const [rows] = await control.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Flush_commands'");
  return { what: somebody_flushed, count: Number(rows[0]?.["Value"] ?? 0), codes: ["1205"] };
}

/** Whoever holds a lock on a table is not told: somebody else who uses our database counts. */
export async function heldUpInMariadb(
  control: Connection,
  { waiting, ours, statements }: HeldUp,
  database: string,
): Promise<string | undefined> {
  const [rows] = await control.query<RowDataPacket[]>(
    `SELECT p.id, p.user
       FROM information_schema.innodb_lock_waits w
       JOIN information_schema.innodb_trx c ON c.trx_id = w.requesting_trx_id
       JOIN information_schema.innodb_trx t ON t.trx_id = w.blocking_trx_id
       JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
      WHERE c.trx_mysql_thread_id IN (?) AND p.id NOT IN (?) LIMIT 1`,
    [listed(waiting), listed(ours)],
  );
  if (rows[0]) return inWords(rows[0]);
  for (const { state, info } of await statesOf(control, waiting)) {
    const name = state === "User lock" ? namedLockOf(info) : undefined;
    const [others] =
      name === undefined
        ? await control.query<RowDataPacket[]>(
            "SELECT id, user FROM information_schema.processlist WHERE ? AND db = ? AND id NOT IN (?)",
            [/^Waiting for .*metadata lock$/.test(state), database, listed(ours)],
          )
        : await control.query<RowDataPacket[]>(
            "SELECT id, user FROM information_schema.processlist WHERE id = IS_USED_LOCK(?) AND id NOT IN (?)",
            [name, listed(ours)],
          );
    if (others[0]) return inWords(others[0]);
    if (/^Waiting for (?:backup|global read|commit) lock$/.test(state) && !hasFlushed(statements))
      return "somebody holds a lock on all its tables, as a backup does";
  }
  return undefined;
}

const hasFlushed = (statements: readonly string[]): boolean =>
  statements.some((statement) => flushes.test(statement));

const inWords = ({ id, user }: RowDataPacket): string =>
  `connection ${String(id)} of user ${String(user)}`;

/** An empty list is no SQL; no connection has the number 0. */
const listed = (ids: readonly number[]): readonly number[] => (ids.length > 0 ? ids : [0]);

async function statesOf(
  control: Connection,
  ids: readonly number[],
): Promise<readonly { readonly state: string; readonly info: string }[]> {
  const [rows] = await control.query<RowDataPacket[]>(
    "SELECT state, info FROM information_schema.processlist WHERE id IN (?)",
    [listed(ids)],
  );
  return rows.map(({ state, info }) => ({ state: String(state), info: String(info) }));
}
