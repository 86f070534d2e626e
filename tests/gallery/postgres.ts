import pg from "pg";
import { inTransaction } from "./in-transaction.ts";
import { everyday } from "./postgres-everyday.ts";
import { modern } from "./postgres-modern.ts";
import type { Row, Shelf } from "./program.ts";

type Query = pg.Pool | pg.PoolClient;

/** What a statement answers. */
async function ask(db: Query, sql: string, ...values: unknown[]): Promise<Row[]> {
  return (await db.query<Row>(sql, values)).rows;
}

const account = "CREATE TABLE account (id text PRIMARY KEY, balance int NOT NULL)";
const accounts = (db: pg.Pool): Promise<unknown> =>
  db.query("TRUNCATE account; INSERT INTO account VALUES ('alice', 100), ('bob', 100)");

const withdraw =
  (lock: string) =>
  (pool: pg.Pool): Promise<number> =>
    inTransaction(pool, async (db) => {
      const [row] = await ask(db, `SELECT balance FROM account WHERE id = 'alice' ${lock}`);
      const left = row!["balance"] - 30;
      await ask(db, "UPDATE account SET balance = $1 WHERE id = 'alice'", left);
      return left;
    });

/** A doctor goes home while another one is on call. */
const goesHome =
  (level: string) =>
  (pool: pg.Pool, { client }: { client: number }): Promise<string> =>
    inTransaction(
      pool,
      async (db) => {
        const on_call = await ask(db, "SELECT id FROM doctor WHERE on_call");
        if (on_call.length < 2) return "stays";
        await ask(db, "UPDATE doctor SET on_call = false WHERE id = $1", client);
        return "home";
      },
      level,
    );

const joinTeam =
  (lock: string) =>
  (pool: pg.Pool, { client }: { client: number }): Promise<boolean> =>
    inTransaction(pool, async (db) => {
      await ask(db, `SELECT 1 FROM team WHERE id = 1 ${lock}`);
      const [row] = await ask(db, "SELECT count(*)::int AS n FROM member WHERE team = 1");
      if (row!["n"] >= 1) return false;
      await ask(db, "INSERT INTO member VALUES (1, $1)", client);
      return true;
    });

const book =
  (lock: string) =>
  (pool: pg.Pool, { client }: { client: number }): Promise<string> =>
    inTransaction(pool, async (db) => {
      await ask(db, `SELECT 1 FROM room WHERE id = 7 ${lock}`);
      const taken = await ask(
        db,
        "SELECT 1 FROM booking WHERE room = 7 AND begins < '2030-01-01 11:00' AND ends > '2030-01-01 10:00'",
      );
      if (taken.length > 0) return "taken";
      await ask(
        db,
        "INSERT INTO booking (room, begins, ends, guest) VALUES (7, '2030-01-01 10:00', '2030-01-01 11:00', $1)",
        client,
      );
      return "booked";
    });

const takeNumber =
  (lock?: string) =>
  (pool: pg.Pool): Promise<number> =>
    inTransaction(pool, async (db) => {
      if (lock) await ask(db, lock);
      const [row] = await ask(db, "SELECT coalesce(max(number), 0) + 1 AS next FROM invoice");
      await ask(db, "INSERT INTO invoice (number) VALUES ($1)", row!["next"]);
      return row!["next"];
    });

export const postgres: Shelf<pg.Pool> = {
  kinds: ["postgres"],
  open: (connectionString) => new pg.Pool({ connectionString, max: 2 }),
  programs: [
    {
      name: "lost update",
      schema: account,
      setup: accounts,
      async racy(db) {
        const [row] = await ask(db, "SELECT balance FROM account WHERE id = 'alice'");
        await ask(db, "UPDATE account SET balance = $1 WHERE id = 'alice'", row!["balance"] - 30);
      },
      repaired: (db) => ask(db, "UPDATE account SET balance = balance - 30 WHERE id = 'alice'"),
    },
    {
      name: "lost update in a transaction",
      schema: account,
      setup: accounts,
      racy: withdraw(""),
      repaired: withdraw("FOR UPDATE"),
    },
    {
      name: "version that nobody compares",
      schema: "CREATE TABLE page (id int PRIMARY KEY, body text, version int)",
      setup: (db) => db.query("TRUNCATE page; INSERT INTO page VALUES (1, '', 1)"),
      async racy(db, { client }) {
        const [page] = await ask(db, "SELECT body, version FROM page WHERE id = 1");
        await db.query(
          "UPDATE page SET body = $1, version = $3 + 1 WHERE id = 1 AND version = $2",
          [`${page!["body"]} by ${client}`, page!["version"], page!["version"]],
        );
      },
      async repaired(db, { client }) {
        const [page] = await ask(db, "SELECT body, version FROM page WHERE id = 1");
        const { rowCount } = await db.query(
          "UPDATE page SET body = $1, version = version + 1 WHERE id = 1 AND version = $2",
          [`${page!["body"]} by ${client}`, page!["version"]],
        );
        if (rowCount === 0) throw new Error("somebody else was faster");
      },
    },
    {
      name: "oversell",
      schema: `CREATE TABLE stock (item int PRIMARY KEY, n int);
               CREATE TABLE orders (id bigserial PRIMARY KEY, item int, at timestamptz DEFAULT now())`,
      setup: (db) => db.query("TRUNCATE stock, orders; INSERT INTO stock VALUES (1, 1)"),
      async racy(db) {
        const [row] = await ask(db, "SELECT n FROM stock WHERE item = 1");
        if (row!["n"] < 1) throw new Error("sold out");
        await ask(db, "UPDATE stock SET n = n - 1 WHERE item = 1");
        return ask(db, "INSERT INTO orders (item) VALUES (1) RETURNING id");
      },
      repaired: (pool) =>
        inTransaction(pool, async (db) => {
          const sold = await ask(
            db,
            "UPDATE stock SET n = n - 1 WHERE item = 1 AND n > 0 RETURNING n",
          );
          if (sold.length === 0) throw new Error("sold out");
          return ask(db, "INSERT INTO orders (item) VALUES (1) RETURNING id");
        }),
    },
    {
      name: "double spend",
      schema: `${account}; CREATE TABLE payment (id uuid DEFAULT gen_random_uuid(), payer text, amount int)`,
      setup: (db) =>
        db.query("TRUNCATE account, payment; INSERT INTO account VALUES ('alice', 100)"),
      async racy(db) {
        const [row] = await ask(db, "SELECT balance FROM account WHERE id = 'alice'");
        if (row!["balance"] < 80) return { paid: false };
        await ask(db, "UPDATE account SET balance = balance - 80 WHERE id = 'alice'");
        await ask(db, "INSERT INTO payment (payer, amount) VALUES ('alice', 80)");
        return { paid: true };
      },
      repaired: (pool) =>
        inTransaction(pool, async (db) => {
          const [row] = await ask(db, "SELECT balance FROM account WHERE id = 'alice' FOR UPDATE");
          if (row!["balance"] < 80) return { paid: false };
          await ask(db, "UPDATE account SET balance = balance - 80 WHERE id = 'alice'");
          await ask(db, "INSERT INTO payment (payer, amount) VALUES ('alice', 80)");
          return { paid: true };
        }),
    },
    {
      name: "write skew",
      schema: "CREATE TABLE doctor (id int PRIMARY KEY, on_call boolean)",
      setup: (db) => db.query("TRUNCATE doctor; INSERT INTO doctor VALUES (1, true), (2, true)"),
      racy: goesHome("REPEATABLE READ"),
      repaired: goesHome("SERIALIZABLE"),
    },
    {
      name: "phantom uniqueness",
      schema:
        "CREATE TABLE users (id serial PRIMARY KEY, name text, since timestamptz DEFAULT now())",
      repaired_schema:
        "CREATE TABLE users (id serial PRIMARY KEY, name text UNIQUE, since timestamptz DEFAULT now())",
      setup: (db) => db.query("TRUNCATE users"),
      async racy(db) {
        if ((await ask(db, "SELECT 1 FROM users WHERE name = 'alice'")).length > 0) return null;
        return ask(db, "INSERT INTO users (name) VALUES ('alice') RETURNING id");
      },
      async repaired(db) {
        const made = await ask(
          db,
          "INSERT INTO users (name) VALUES ('alice') ON CONFLICT DO NOTHING RETURNING id",
        );
        return made.length > 0 ? made : null;
      },
    },
    {
      name: "double booking",
      schema: `CREATE TABLE room (id int PRIMARY KEY); INSERT INTO room VALUES (7);
               CREATE TABLE booking (id serial PRIMARY KEY, room int, begins timestamp, ends timestamp, guest int)`,
      setup: (db) => db.query("TRUNCATE booking"),
      racy: book(""),
      repaired: book("FOR UPDATE"),
    },
    {
      name: "queue claimed twice",
      schema: "CREATE TABLE job (id int PRIMARY KEY, state text, worker int)",
      setup: (db) => db.query("TRUNCATE job; INSERT INTO job VALUES (1, 'new'), (2, 'new')"),
      async racy(db, { client }) {
        const [job] = await ask(db, "SELECT id FROM job WHERE state = 'new' ORDER BY id LIMIT 1");
        if (!job) return null;
        await ask(
          db,
          "UPDATE job SET state = 'taken', worker = $2 WHERE id = $1",
          job["id"],
          client,
        );
        return job["id"];
      },
      repaired: (pool, { client }) =>
        inTransaction(pool, async (db) => {
          const [job] = await ask(
            db,
            "SELECT id FROM job WHERE state = 'new' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED",
          );
          if (!job) return null;
          await ask(
            db,
            "UPDATE job SET state = 'taken', worker = $2 WHERE id = $1",
            job["id"],
            client,
          );
          return job["id"];
        }),
    },
    {
      name: "idempotency key",
      schema: `CREATE TABLE request (key text PRIMARY KEY, answer int);
               CREATE TABLE charge (id bigserial PRIMARY KEY, cents int)`,
      setup: (db) => db.query("TRUNCATE request, charge"),
      async racy(db) {
        const [known] = await ask(db, "SELECT answer FROM request WHERE key = 'k'");
        if (known) return known["answer"];
        await ask(db, "INSERT INTO charge (cents) VALUES (500)");
        await ask(db, "INSERT INTO request VALUES ('k', 500) ON CONFLICT DO NOTHING");
        return 500;
      },
      repaired: (pool) =>
        inTransaction(pool, async (db) => {
          const mine = await ask(
            db,
            "INSERT INTO request VALUES ('k', 500) ON CONFLICT DO NOTHING RETURNING key",
          );
          if (mine.length > 0) await ask(db, "INSERT INTO charge (cents) VALUES (500)");
          return 500;
        }),
    },
    {
      name: "coupon used twice",
      schema: "CREATE TABLE coupon (code text PRIMARY KEY, used boolean, uses int)",
      setup: (db) => db.query("TRUNCATE coupon; INSERT INTO coupon VALUES ('X', false, 0)"),
      async racy(db) {
        const [coupon] = await ask(db, "SELECT used FROM coupon WHERE code = 'X'");
        if (coupon!["used"]) return false;
        await ask(db, "UPDATE coupon SET used = true, uses = uses + 1 WHERE code = 'X'");
        return true;
      },
      async repaired(db) {
        const { rowCount } = await db.query(
          "UPDATE coupon SET used = true, uses = uses + 1 WHERE code = 'X' AND NOT used",
        );
        return rowCount === 1;
      },
    },
    {
      name: "number by max + 1",
      schema: "CREATE TABLE invoice (id serial PRIMARY KEY, number int)",
      setup: (db) => db.query("TRUNCATE invoice"),
      racy: takeNumber(),
      repaired: takeNumber("SELECT pg_advisory_xact_lock(17)"),
    },
    {
      name: "transfer that reads and writes back",
      schema: account,
      setup: accounts,
      racy: (pool) =>
        inTransaction(pool, async (db) => {
          const rows = await ask(db, "SELECT id, balance FROM account ORDER BY id");
          const [alice, bob] = rows.map((row): number => row["balance"]);
          await ask(db, "UPDATE account SET balance = $1 WHERE id = 'alice'", alice! - 10);
          await ask(db, "UPDATE account SET balance = $1 WHERE id = 'bob'", bob! + 10);
        }),
      repaired: (pool) =>
        inTransaction(pool, async (db) => {
          await ask(db, "UPDATE account SET balance = balance - 10 WHERE id = 'alice'");
          await ask(db, "UPDATE account SET balance = balance + 10 WHERE id = 'bob'");
        }),
    },
    {
      name: "document written back",
      schema: "CREATE TABLE profile (id int PRIMARY KEY, doc jsonb)",
      setup: (db) => db.query(`TRUNCATE profile; INSERT INTO profile VALUES (1, '{"seen": []}')`),
      async racy(db, { client }) {
        const [row] = await ask(db, "SELECT doc FROM profile WHERE id = 1");
        const { seen } = row!["doc"] as { seen: number[] };
        await ask(db, "UPDATE profile SET doc = $1 WHERE id = 1", { seen: [...seen, client] });
      },
      async repaired(db, { client }) {
        await ask(
          db,
          "UPDATE profile SET doc = jsonb_set(doc, '{seen}', doc -> 'seen' || to_jsonb($1::int)) WHERE id = 1",
          client,
        );
      },
    },
    {
      name: "first user is the administrator",
      schema: "CREATE TABLE person (name text PRIMARY KEY, is_admin boolean)",
      setup: (db) => db.query("TRUNCATE person"),
      async racy(db, { client }) {
        const [row] = await ask(db, "SELECT count(*)::int AS n FROM person");
        await ask(db, "INSERT INTO person VALUES ($1, $2)", `person ${client}`, row!["n"] === 0);
      },
      repaired: (pool, { client }) =>
        inTransaction(pool, async (db) => {
          await ask(db, "LOCK TABLE person IN EXCLUSIVE MODE");
          const [row] = await ask(db, "SELECT count(*)::int AS n FROM person");
          await ask(db, "INSERT INTO person VALUES ($1, $2)", `person ${client}`, row!["n"] === 0);
        }),
    },
    {
      name: "last administrator removed",
      schema: "CREATE TABLE admin (id int PRIMARY KEY)",
      setup: (db) => db.query("TRUNCATE admin; INSERT INTO admin VALUES (1), (2)"),
      async racy(db, { client }) {
        const admins = await ask(db, "SELECT id FROM admin");
        if (admins.length < 2) throw new Error("the last one has to stay");
        await ask(db, "DELETE FROM admin WHERE id = $1", client);
      },
      repaired: (pool, { client }) =>
        inTransaction(pool, async (db) => {
          const admins = await ask(db, "SELECT id FROM admin ORDER BY id FOR UPDATE");
          if (admins.length < 2) throw new Error("the last one has to stay");
          await ask(db, "DELETE FROM admin WHERE id = $1", client);
        }),
    },
    {
      name: "seat taken twice",
      schema: "CREATE TABLE seat (id int PRIMARY KEY, guest int)",
      setup: (db) => db.query("TRUNCATE seat; INSERT INTO seat VALUES (1, NULL)"),
      async racy(db, { client }) {
        const [seat] = await ask(db, "SELECT guest FROM seat WHERE id = 1");
        if (seat!["guest"] !== null) return "taken";
        await ask(db, "UPDATE seat SET guest = $1 WHERE id = 1", client);
        return "yours";
      },
      async repaired(db, { client }) {
        const got = await ask(
          db,
          "UPDATE seat SET guest = $1 WHERE id = 1 AND guest IS NULL RETURNING id",
          client,
        );
        return got.length === 0 ? "taken" : "yours";
      },
    },
    {
      name: "more members than places",
      schema: `CREATE TABLE team (id int PRIMARY KEY); INSERT INTO team VALUES (1);
               CREATE TABLE member (team int, person int)`,
      setup: (db) => db.query("TRUNCATE member"),
      racy: joinTeam(""),
      repaired: joinTeam("FOR UPDATE"),
    },
    {
      name: "sum read in two statements",
      schema: account,
      setup: accounts,
      racy: [
        (pool) =>
          inTransaction(pool, async (db) => {
            await ask(db, "UPDATE account SET balance = balance - 10 WHERE id = 'alice'");
            await ask(db, "UPDATE account SET balance = balance + 10 WHERE id = 'bob'");
          }),
        async (db) => {
          const [alice] = await ask(db, "SELECT balance FROM account WHERE id = 'alice'");
          const [bob] = await ask(db, "SELECT balance FROM account WHERE id = 'bob'");
          return alice!["balance"] + bob!["balance"];
        },
      ],
      repaired: [
        (pool) =>
          inTransaction(pool, async (db) => {
            await ask(db, "UPDATE account SET balance = balance - 10 WHERE id = 'alice'");
            await ask(db, "UPDATE account SET balance = balance + 10 WHERE id = 'bob'");
          }),
        (pool) =>
          inTransaction(
            pool,
            async (db) => {
              const [alice] = await ask(db, "SELECT balance FROM account WHERE id = 'alice'");
              const [bob] = await ask(db, "SELECT balance FROM account WHERE id = 'bob'");
              return alice!["balance"] + bob!["balance"];
            },
            "REPEATABLE READ",
          ),
      ],
    },
    {
      name: "total beside its lines",
      schema: `CREATE TABLE cart (id int PRIMARY KEY, total int);
               CREATE TABLE line (id serial PRIMARY KEY, cart int, price int)`,
      setup: (db) => db.query("TRUNCATE cart, line; INSERT INTO cart VALUES (1, 0)"),
      racy: (pool) =>
        inTransaction(pool, async (db) => {
          await ask(db, "INSERT INTO line (cart, price) VALUES (1, 5)");
          await ask(
            db,
            "UPDATE cart SET total = (SELECT sum(price) FROM line WHERE cart = 1) WHERE id = 1",
          );
        }),
      repaired: (pool) =>
        inTransaction(pool, async (db) => {
          await ask(db, "INSERT INTO line (cart, price) VALUES (1, 5)");
          await ask(db, "UPDATE cart SET total = total + 5 WHERE id = 1");
        }),
    },
    {
      name: "insert or count up",
      schema: "CREATE TABLE hit (page text, n int)",
      repaired_schema: "CREATE TABLE hit (page text PRIMARY KEY, n int)",
      setup: (db) => db.query("TRUNCATE hit"),
      async racy(db) {
        const known = await ask(db, "SELECT n FROM hit WHERE page = '/'");
        if (known.length > 0) await ask(db, "UPDATE hit SET n = n + 1 WHERE page = '/'");
        else await ask(db, "INSERT INTO hit VALUES ('/', 1)");
      },
      async repaired(db) {
        await ask(
          db,
          "INSERT INTO hit VALUES ('/', 1) ON CONFLICT (page) DO UPDATE SET n = hit.n + 1",
        );
      },
    },
    {
      name: "refunded twice",
      schema: `CREATE TABLE purchase (id int PRIMARY KEY, state text);
               CREATE TABLE refund (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), purchase int)`,
      setup: (db) => db.query("TRUNCATE purchase, refund; INSERT INTO purchase VALUES (1, 'paid')"),
      racy: (pool) =>
        inTransaction(pool, async (db) => {
          const [purchase] = await ask(db, "SELECT state FROM purchase WHERE id = 1");
          if (purchase!["state"] !== "paid") throw new Error("not paid");
          await ask(db, "INSERT INTO refund (purchase) VALUES (1)");
          await ask(db, "UPDATE purchase SET state = 'refunded' WHERE id = 1");
        }),
      repaired: (pool) =>
        inTransaction(pool, async (db) => {
          const paid = await ask(
            db,
            "UPDATE purchase SET state = 'refunded' WHERE id = 1 AND state = 'paid' RETURNING id",
          );
          if (paid.length === 0) throw new Error("not paid");
          await ask(db, "INSERT INTO refund (purchase) VALUES (1)");
        }),
    },
    {
      name: "cancelled and shipped",
      schema: "CREATE TABLE parcel (id int PRIMARY KEY, state text, log text)",
      setup: (db) => db.query("TRUNCATE parcel; INSERT INTO parcel VALUES (1, 'new', '')"),
      racy: ["cancelled", "shipped"].map((state) => async (db: pg.Pool) => {
        const [parcel] = await ask(db, "SELECT state FROM parcel WHERE id = 1");
        if (parcel!["state"] !== "new") return false;
        await ask(
          db,
          "UPDATE parcel SET state = $1, log = log || $2 WHERE id = 1",
          state,
          `${state};`,
        );
        return true;
      }),
      repaired: ["cancelled", "shipped"].map((state) => async (db: pg.Pool) => {
        const done = await ask(
          db,
          "UPDATE parcel SET state = $1, log = log || $2 WHERE id = 1 AND state = 'new' RETURNING id",
          state,
          `${state};`,
        );
        return done.length > 0;
      }),
    },
    {
      name: "folder deleted while it is filled",
      schema: "CREATE TABLE folder (id int PRIMARY KEY); CREATE TABLE file (folder int, name text)",
      setup: (db) => db.query("TRUNCATE folder, file; INSERT INTO folder VALUES (1)"),
      racy: [
        async (db) => {
          if ((await ask(db, "SELECT 1 FROM folder WHERE id = 1")).length === 0) return "no folder";
          await ask(db, "INSERT INTO file VALUES (1, 'a')");
          return "saved";
        },
        async (db) => {
          if ((await ask(db, "SELECT 1 FROM file WHERE folder = 1")).length > 0) return "not empty";
          await ask(db, "DELETE FROM folder WHERE id = 1");
          return "deleted";
        },
      ],
      repaired: [
        (pool) =>
          inTransaction(pool, async (db) => {
            const there = await ask(db, "SELECT 1 FROM folder WHERE id = 1 FOR SHARE");
            if (there.length === 0) return "no folder";
            await ask(db, "INSERT INTO file VALUES (1, 'a')");
            return "saved";
          }),
        (pool) =>
          inTransaction(pool, async (db) => {
            await ask(db, "SELECT 1 FROM folder WHERE id = 1 FOR UPDATE");
            if ((await ask(db, "SELECT 1 FROM file WHERE folder = 1")).length > 0)
              return "not empty";
            await ask(db, "DELETE FROM folder WHERE id = 1");
            return "deleted";
          }),
      ],
    },
    ...modern,
    ...everyday,
  ],
};
