/** What every second application has somewhere: written without helpers, as people write it the first time. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { inTransaction } from "./in-transaction.ts";
import type { GalleryProgram, Row } from "./program.ts";

const ask = async (
  db: pg.Pool | pg.PoolClient,
  sql: string,
  ...values: unknown[]
): Promise<Row[]> => (await db.query<Row>(sql, values)).rows;

/** Whether an index refused a row. */
const isTwice = (error: unknown): boolean => (error as { code?: string }).code === "23505";

const free_seat = `SELECT n FROM generate_series(1, 3) AS n
  WHERE n NOT IN (SELECT seat FROM booking) ORDER BY n LIMIT 1`;
const book = "INSERT INTO booking (seat, guest) VALUES ($1, $2)";

const member =
  "CREATE TABLE member (id int GENERATED ALWAYS AS IDENTITY, email text, deleted_at timestamptz)";

const rotate = async (db: pg.Pool, account: number): Promise<string> => {
  const token = randomUUID();
  await db.query("INSERT INTO token (token, account) VALUES ($1, $2)", [token, account]);
  return token;
};

const above = `WITH RECURSIVE up AS (
    SELECT id, parent FROM node WHERE id = $1
    UNION ALL SELECT node.id, node.parent FROM node JOIN up ON node.id = up.parent)
  SELECT 1 FROM up WHERE id = $2`;
/** Moves a node below another one, unless that one is below it. */
const moves = (from: number, to: number, lock?: string) => (pool: pg.Pool) =>
  inTransaction(pool, async (db) => {
    if (lock) await db.query(lock);
    if ((await ask(db, above, to, from)).length > 0) return "would be a circle";
    await db.query("UPDATE node SET parent = $2 WHERE id = $1", [from, to]);
    return "moved";
  });

const reserved = "SELECT count(*)::int AS n FROM reservation WHERE item = 1 AND expires_at > now()";
const reserve = `INSERT INTO reservation (item, guest, expires_at) VALUES (1, $1, now() + interval '10 min')`;
const reserves =
  (lock: boolean) =>
  (pool: pg.Pool, { client }: { client: number }): Promise<string> =>
    inTransaction(pool, async (db) => {
      const [item] = await ask(
        db,
        `SELECT stock FROM item WHERE id = 1 ${lock ? "FOR UPDATE" : ""}`,
      );
      const [held] = await ask(db, reserved);
      if (held!["n"] >= item!["stock"]) return "nothing left";
      await db.query(reserve, [client]);
      return "reserved";
    });

export const everyday: readonly GalleryProgram<pg.Pool>[] = [
  {
    name: "first free seat",
    schema: "CREATE TABLE booking (seat int, guest int)",
    repaired_schema: "CREATE TABLE booking (seat int UNIQUE, guest int)",
    setup: (db) => db.query("TRUNCATE booking"),
    async racy(db, { client }) {
      const [free] = await ask(db, free_seat);
      await db.query(book, [free!["n"], client]);
      return `seat ${free!["n"]}`;
    },
    async repaired(db, { client }) {
      for (let attempt = 1; ; attempt++) {
        const [free] = await ask(db, free_seat);
        try {
          await db.query(book, [free!["n"], client]);
          return `seat ${free!["n"]}`;
        } catch (error) {
          if (!isTwice(error) || attempt === 3) throw error;
        }
      }
    },
  },
  {
    name: "invoice numbers without gaps",
    schema:
      "CREATE TABLE counter (name text PRIMARY KEY, next int); CREATE TABLE bill (number int, customer int)",
    setup: (db) => db.query("TRUNCATE counter, bill; INSERT INTO counter VALUES ('bill', 1)"),
    racy: (pool, { client }) =>
      inTransaction(pool, async (db) => {
        const [row] = await ask(db, "SELECT next FROM counter WHERE name = 'bill'");
        await db.query("UPDATE counter SET next = next + 1 WHERE name = 'bill'");
        await db.query("INSERT INTO bill VALUES ($1, $2)", [row!["next"], client]);
        return row!["next"];
      }),
    repaired: (pool, { client }) =>
      inTransaction(pool, async (db) => {
        const sql =
          "UPDATE counter SET next = next + 1 WHERE name = 'bill' RETURNING next - 1 AS number";
        const [row] = await ask(db, sql);
        await db.query("INSERT INTO bill VALUES ($1, $2)", [row!["number"], client]);
        return row!["number"];
      }),
  },
  {
    name: "email of a deleted member",
    schema: member,
    repaired_schema: `${member}; CREATE UNIQUE INDEX ON member (email) WHERE deleted_at IS NULL`,
    setup: (db) =>
      db.query("TRUNCATE member; INSERT INTO member (email, deleted_at) VALUES ('a@b.c', now())"),
    async racy(db) {
      const there = "SELECT 1 FROM member WHERE email = $1 AND deleted_at IS NULL";
      if ((await ask(db, there, "a@b.c")).length > 0) return { error: "taken" };
      const [row] = await ask(db, "INSERT INTO member (email) VALUES ($1) RETURNING id", "a@b.c");
      return { id: row!["id"] };
    },
    async repaired(db) {
      try {
        const [row] = await ask(db, "INSERT INTO member (email) VALUES ($1) RETURNING id", "a@b.c");
        return { id: row!["id"] };
      } catch (error) {
        if (isTwice(error)) return { error: "taken" };
        throw error;
      }
    },
  },
  {
    name: "outbox sent twice",
    schema: "CREATE TABLE outbox (id int PRIMARY KEY, body text, sent_at timestamptz)",
    setup: (db) => db.query("TRUNCATE outbox; INSERT INTO outbox VALUES (1, 'hello')"),
    async racy(db) {
      const [mail] = await ask(
        db,
        "SELECT id, body FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 1",
      );
      if (!mail) return null;
      await db.query("UPDATE outbox SET sent_at = now() WHERE id = $1", [mail["id"]]);
      return mail["body"];
    },
    repaired: (pool) =>
      inTransaction(pool, async (db) => {
        const [mail] = await ask(
          db,
          "SELECT id, body FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
        );
        if (!mail) return null;
        await db.query("UPDATE outbox SET sent_at = now() WHERE id = $1", [mail["id"]]);
        return mail["body"];
      }),
  },
  {
    name: "webhook delivered twice",
    schema:
      "CREATE TABLE event (id text PRIMARY KEY); CREATE TABLE purse (id int PRIMARY KEY, cents int)",
    setup: (db) => db.query("TRUNCATE event, purse; INSERT INTO purse VALUES (1, 0)"),
    async racy(db) {
      if ((await ask(db, "SELECT 1 FROM event WHERE id = $1", "evt_1")).length > 0) return "known";
      await db.query("UPDATE purse SET cents = cents + 500 WHERE id = 1");
      await db.query("INSERT INTO event VALUES ($1) ON CONFLICT DO NOTHING", ["evt_1"]);
      return "paid";
    },
    repaired: (pool) =>
      inTransaction(pool, async (db) => {
        const sql = "INSERT INTO event VALUES ($1) ON CONFLICT DO NOTHING RETURNING id";
        if ((await ask(db, sql, "evt_1")).length === 0) return "known";
        await db.query("UPDATE purse SET cents = cents + 500 WHERE id = 1");
        return "paid";
      }),
  },
  {
    name: "refresh token used twice",
    schema:
      "CREATE TABLE token (token text PRIMARY KEY, account int, revoked boolean DEFAULT false)",
    setup: (db) => db.query("TRUNCATE token; INSERT INTO token VALUES ('old', 7)"),
    async racy(db) {
      const [row] = await ask(db, "SELECT * FROM token WHERE token = 'old'");
      if (row!["revoked"]) return { status: 401, token: null };
      await db.query("UPDATE token SET revoked = true WHERE token = 'old'");
      return { status: 200, token: await rotate(db, row!["account"]) };
    },
    async repaired(db) {
      const sql =
        "UPDATE token SET revoked = true WHERE token = 'old' AND NOT revoked RETURNING account";
      const [row] = await ask(db, sql);
      if (!row) return { status: 401, token: null };
      return { status: 200, token: await rotate(db, row["account"]) };
    },
  },
  {
    name: "reserved beyond the stock",
    schema: `CREATE TABLE item (id int PRIMARY KEY, stock int);
      CREATE TABLE reservation (item int, guest int, expires_at timestamptz)`,
    setup: (db) =>
      db.query(`TRUNCATE item, reservation; INSERT INTO item VALUES (1, 1);
        INSERT INTO reservation VALUES (1, 9, now() - interval '1 min')`),
    racy: reserves(false),
    repaired: reserves(true),
  },
  {
    name: "friends who ask each other",
    schema: "CREATE TABLE friend (a int, b int, accepted boolean, PRIMARY KEY (a, b))",
    setup: (db) => db.query("TRUNCATE friend"),
    racy: [1, 2].map((me) => async (db: pg.Pool) => {
      const other = 3 - me;
      const { rowCount } = await db.query(
        "UPDATE friend SET accepted = true WHERE a = $1 AND b = $2",
        [other, me],
      );
      if (rowCount === 1) return "friends";
      await db.query("INSERT INTO friend VALUES ($1, $2, false)", [me, other]);
      return "asked";
    }),
    repaired: [1, 2].map((me) => async (db: pg.Pool) => {
      const [row] = await ask(
        db,
        `INSERT INTO friend VALUES (1, 2, false) ON CONFLICT (a, b) DO UPDATE SET accepted = true
         RETURNING accepted`,
      );
      return row!["accepted"] ? "friends" : `${me} has asked`;
    }),
  },
  {
    name: "folders moved into each other",
    schema: "CREATE TABLE node (id int PRIMARY KEY, parent int)",
    setup: (db) => db.query("TRUNCATE node; INSERT INTO node VALUES (1, NULL), (2, 1), (3, 1)"),
    racy: [moves(2, 3), moves(3, 2)],
    repaired: [
      moves(2, 3, "SELECT pg_advisory_xact_lock(1)"),
      moves(3, 2, "SELECT pg_advisory_xact_lock(1)"),
    ],
  },
  {
    name: "tags written back",
    schema: "CREATE TABLE post (id int PRIMARY KEY, tags text[])",
    setup: (db) => db.query("TRUNCATE post; INSERT INTO post VALUES (1, '{}')"),
    async racy(db, { client }) {
      const [post] = await ask(db, "SELECT tags FROM post WHERE id = 1");
      await db.query("UPDATE post SET tags = $1 WHERE id = 1", [
        [...post!["tags"], `tag ${client}`],
      ]);
    },
    repaired: (db, { client }) =>
      db.query("UPDATE post SET tags = array_append(tags, $1) WHERE id = 1", [`tag ${client}`]),
  },
  {
    name: "settings merged in memory",
    schema: "CREATE TABLE setting (account int PRIMARY KEY, doc jsonb)",
    setup: (db) =>
      db.query(
        `TRUNCATE setting; INSERT INTO setting VALUES (1, '{"theme": "light", "size": 12}')`,
      ),
    racy: [{ theme: "dark" }, { size: 14 }].map((change) => async (db: pg.Pool) => {
      const [row] = await ask(db, "SELECT doc FROM setting WHERE account = 1");
      const doc = { ...row!["doc"], ...change };
      await db.query("UPDATE setting SET doc = $1 WHERE account = 1", [doc]);
      return doc;
    }),
    repaired: [{ theme: "dark" }, { size: 14 }].map((change) => async (db: pg.Pool) => {
      const sql = "UPDATE setting SET doc = doc || $1 WHERE account = 1 RETURNING doc";
      return (await ask(db, sql, change))[0]!["doc"];
    }),
  },
  {
    name: "version compared, and not tried again",
    schema: "CREATE TABLE score (id int PRIMARY KEY, points int, version int)",
    setup: (db) => db.query("TRUNCATE score; INSERT INTO score VALUES (1, 0, 1)"),
    async racy(db) {
      const [row] = await ask(db, "SELECT * FROM score WHERE id = 1");
      await db.query(
        "UPDATE score SET points = $1, version = version + 1 WHERE id = 1 AND version = $2",
        [row!["points"] + 10, row!["version"]],
      );
    },
    async repaired(db) {
      for (;;) {
        const [row] = await ask(db, "SELECT * FROM score WHERE id = 1");
        const { rowCount } = await db.query(
          "UPDATE score SET points = $1, version = version + 1 WHERE id = 1 AND version = $2",
          [row!["points"] + 10, row!["version"]],
        );
        if (rowCount === 1) return;
      }
    },
  },
  {
    name: "upsert of what was counted",
    schema: "CREATE TABLE hits (page text PRIMARY KEY, n int)",
    setup: (db) => db.query("TRUNCATE hits"),
    async racy(db) {
      const [row] = await ask(db, "SELECT n FROM hits WHERE page = '/'");
      const n = (row?.["n"] ?? 0) + 1;
      await db.query("INSERT INTO hits VALUES ('/', $1) ON CONFLICT (page) DO UPDATE SET n = $1", [
        n,
      ]);
    },
    repaired: (db) =>
      db.query("INSERT INTO hits VALUES ('/', 1) ON CONFLICT (page) DO UPDATE SET n = hits.n + 1"),
  },
  {
    name: "sum rebuilt in one text",
    schema: "CREATE TABLE line (amount int); CREATE TABLE total (sum int)",
    setup: (db) => db.query("TRUNCATE line, total; INSERT INTO line VALUES (3), (4)"),
    racy: (db) => db.query("DELETE FROM total; INSERT INTO total SELECT sum(amount) FROM line"),
    repaired: (db) =>
      db.query(
        "LOCK TABLE total; DELETE FROM total; INSERT INTO total SELECT sum(amount) FROM line",
      ),
  },
];
