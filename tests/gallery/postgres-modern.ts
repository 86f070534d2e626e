/** In the style of younger programs: uuid keys, ranges, upserts, timestamps, and what a write RETURNING answers. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import type { GalleryProgram, Row } from "./program.ts";

const ask = async (db: pg.Pool, sql: string, ...values: unknown[]): Promise<Row[]> =>
  (await db.query<Row>(sql, values)).rows;

const stay = "CREATE TABLE stay (id int GENERATED ALWAYS AS IDENTITY, room int, during daterange";
const nightsOf = (client: number): string =>
  client === 1 ? "[2030-01-01,2030-01-05)" : "[2030-01-03,2030-01-09)";
const reserve = async (db: pg.Pool, nights: string): Promise<number> =>
  (await ask(db, "INSERT INTO stay (room, during) VALUES (1, $1) RETURNING id", nights))[0]!["id"];

const signOut = async (db: pg.Pool): Promise<number> => {
  await db.query("DELETE FROM session WHERE sid = 's'");
  return 204;
};

const claim = "UPDATE task SET locked_by = $1, attempts = attempts + 1";
const next_task = "SELECT id FROM task WHERE locked_by IS NULL ORDER BY run_at LIMIT 1";

export const modern: readonly GalleryProgram<pg.Pool>[] = [
  {
    name: "nights that overlap",
    schema: `${stay})`,
    repaired_schema: `${stay}, EXCLUDE USING gist (int4range(room, room, '[]') WITH =, during WITH &&))`,
    setup: (db) => db.query("TRUNCATE stay"),
    async racy(db, { client }) {
      const nights = nightsOf(client);
      const taken = "SELECT 1 FROM stay WHERE room = 1 AND during && $1::daterange";
      return (await ask(db, taken, nights)).length > 0 ? null : reserve(db, nights);
    },
    repaired: (db, { client }) =>
      reserve(db, nightsOf(client)).catch((error: { code?: string }) => {
        if (error.code === "23P01") return null;
        throw error;
      }),
  },
  {
    name: "session kept alive after it ended",
    schema: "CREATE TABLE session (sid text PRIMARY KEY, account int, expires_at timestamptz)",
    setup: (db) =>
      db.query("TRUNCATE session; INSERT INTO session VALUES ('s', 1, now() + interval '1 hour')"),
    racy: [
      async (db) => {
        const [session] = await ask(db, "SELECT * FROM session WHERE sid = 's'");
        if (session === undefined) return 401;
        await db.query(
          `INSERT INTO session VALUES ('s', $1, now() + interval '1 hour')
           ON CONFLICT (sid) DO UPDATE SET expires_at = EXCLUDED.expires_at`,
          [session["account"]],
        );
        return 200;
      },
      signOut,
    ],
    repaired: [
      async (db) => {
        const sql = "UPDATE session SET expires_at = now() + interval '1 hour' WHERE sid = 's'";
        return (await db.query(sql)).rowCount === 0 ? 401 : 200;
      },
      signOut,
    ],
  },
  {
    name: "task of a worker with a uuid",
    schema: `CREATE TABLE task (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), payload jsonb,
      run_at timestamptz, locked_by uuid, attempts int DEFAULT 0)`,
    setup: (db) =>
      db.query(`TRUNCATE task; INSERT INTO task (payload, run_at) VALUES
        ('{"n": 1}', now() - interval '2 min'), ('{"n": 2}', now() - interval '1 min')`),
    async racy(db) {
      const [task] = await ask(db, next_task);
      if (task === undefined) return null;
      const sql = `${claim} WHERE id = $2 RETURNING payload`;
      const [taken] = await ask(db, sql, randomUUID(), task["id"]);
      return taken!["payload"].n;
    },
    async repaired(db) {
      const sql = `${claim} WHERE id = (${next_task} FOR UPDATE) AND locked_by IS NULL RETURNING payload`;
      const [taken] = await ask(db, sql, randomUUID());
      return taken?.["payload"].n ?? null;
    },
  },
];
