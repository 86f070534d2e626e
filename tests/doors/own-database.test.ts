/** Programs have the name of their database in their code, or name none: through a door, they get their lane's. */
import { Redis } from "ioredis";
import mysql from "mysql2/promise";
import pg from "pg";
import { describe, expect, inject, test } from "vitest";
import { withSchema } from "../../backends/lane-database.ts";
import { openLaneDatabase } from "../../backends/open-lane-database.ts";
import { explore } from "../../library/explore.ts";
import type { Report } from "../../library/explore-results.ts";

const servers = inject("servers");

/** Where a client connects, from the URL of its door, and nothing else that is in it. */
const placeIn = (url: string) => ({ host: "127.0.0.1", port: Number(new URL(url).port) });

const loginIn = (url: string) => {
  const { username, password } = new URL(url);
  return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
};

async function connectDirectly(url: string) {
  const db = await mysql.createConnection(url);
  return { db, [Symbol.asyncDispose]: () => db.end() };
}

describe.each(["redis", "valkey"] as const)("%s", (kind) => {
  const ask = (
    run: (db: Redis) => unknown,
    options: { readonly db?: number; readonly setup?: (db: Redis) => unknown } = {},
  ): Promise<Report> =>
    explore({
      database: servers[kind].url,
      // Neither a password nor a number.
      client: (url) => new Redis({ ...placeIn(url), ...(options.db ? { db: options.db } : {}) }),
      setup: options.setup ?? ((db) => db.set("n", 0)),
      run,
      repairs: false,
    });

  test("a client that knows only host and port: its race is found, and its repair is proved", async () => {
    const racy = ask(async (db) => db.set("n", Number(await db.get("n")) + 1));
    await expect(racy).rejects.toThrow(/unlike any serial order[^]*key = n: value = 1, there 2/);
    expect(await ask((db) => db.incr("n"))).toMatchObject({ proof: true });
  });

  test("who selects another numbered database gets no proof, and is told why", async () => {
    const { proof, text } = await ask((db) => db.incr("raceproof-elsewhere"), {
      db: 9,
      setup: (db) => db.del("raceproof-elsewhere"),
    });
    expect(proof).toBe(false);
    expect(text).toContain("`INCR raceproof-elsewhere` works in database 9, which is not");
  });

  test("FLUSHALL empties the program's own database", async () => {
    const direct = new Redis(servers[kind].url);
    const key = `raceproof-kept-${process.pid}`;
    await direct.set(key, 1);
    const report = await ask((db) => db.incr("n"), { setup: (db) => db.flushall() });
    expect(report.proof).toBe(true);
    expect(await direct.del(key)).toBe(1);
    direct.disconnect();
  });
});

test.each([{ database: "shop" }, {}])("PostgreSQL, asked for %j", async (asked) => {
  const ask = (update: string): Promise<Report> =>
    explore({
      database: servers.postgres.url,
      schema: "CREATE TABLE account (balance int)",
      client: (url) => new pg.Pool({ ...placeIn(url), ...loginIn(url), ...asked }),
      setup: (db) => db.query("TRUNCATE account; INSERT INTO account VALUES (0)"),
      run: async (db) => {
        const { rows } = await db.query("SELECT balance FROM account");
        await db.query(update, [Number(rows[0].balance) + 1]);
      },
      repairs: false,
    });
  await expect(ask("UPDATE account SET balance = $1")).rejects.toThrow("unlike any serial order");
  const repaired = await ask("UPDATE account SET balance = balance + 1 WHERE $1 > 0");
  expect(repaired.proof).toBe(true);
});

test("PostgreSQL: a schema as pg_dump writes it; a role that is not there is told with what to do", async () => {
  const schema = `\\restrict abc
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.account (balance integer);
\\unrestrict abc
`;
  await using lane = await withSchema(await openLaneDatabase(servers.postgres), schema);
  expect([...(await lane.rows!()).keys()]).toEqual(["account"]);
  const owned = `${schema}ALTER TABLE public.account OWNER TO raceproof_nobody;`;
  const failed = openLaneDatabase(servers.postgres).then((database) => withSchema(database, owned));
  await expect(failed).rejects.toThrow("`pg_dump --no-owner --no-privileges` names none.");
});

describe.each(["mysql", "mariadb"] as const)("%s", (kind) => {
  const ask = (
    open: (login: mysql.ConnectionOptions) => Promise<mysql.Connection>,
    run: (db: mysql.Connection) => Promise<unknown>,
  ): Promise<Report> =>
    explore({
      database: servers[kind].url,
      schema: "CREATE TABLE account (balance int) ENGINE = InnoDB",
      client: (url) => open({ ...placeIn(url), ...loginIn(url) }),
      setup: async (db) => {
        await db.query("DELETE FROM account");
        await db.query("INSERT INTO account VALUES (0)");
      },
      run: async (db) => void (await run(db)),
      repairs: false,
    });
  const raced = async (db: mysql.Connection): Promise<void> => {
    const [rows] = await db.query<mysql.RowDataPacket[]>("SELECT balance FROM account");
    await db.execute("UPDATE account SET balance = ?", [Number(rows[0]!["balance"]) + 1]);
  };
  const added = (db: mysql.Connection) => db.query("UPDATE account SET balance = balance + 1");

  const ways: Record<string, (login: mysql.ConnectionOptions) => Promise<mysql.Connection>> = {
    "its log-in": (login) => mysql.createConnection({ ...login, database: "shop" }),
    async USE(login) {
      const db = await mysql.createConnection(login);
      await db.query("USE shop");
      return db;
    },
    async "a change of user"(login) {
      const db = await mysql.createConnection(login);
      await db.changeUser({ database: "shop" });
      return db;
    },
  };

  test.each(Object.keys(ways))("a name in %s", async (way) => {
    await expect(ask(ways[way]!, raced)).rejects.toThrow("unlike any serial order");
    expect(await ask(ways[way]!, added)).toMatchObject({ proof: true });
  });

  test("after a change of user the level is still the one that was asked for", async () => {
    const levels: unknown[] = [];
    const report = await explore({
      database: servers[kind].url,
      schema: "CREATE TABLE account (balance int) ENGINE = InnoDB",
      client: (url) => ways["a change of user"]!({ ...placeIn(url), ...loginIn(url) }),
      setup: (db) => db.query("DELETE FROM account"),
      async run(db) {
        const variable = kind === "mysql" ? "transaction_isolation" : "tx_isolation";
        const [rows] = await db.query<mysql.RowDataPacket[]>(`SELECT @@${variable} AS level`);
        levels.push(rows[0]!["level"]);
        await added(db);
      },
      isolation: "READ COMMITTED",
      repairs: false,
    });
    expect(report.proof).toBe(true);
    expect(new Set(levels)).toEqual(new Set(["READ-COMMITTED"]));
  });

  test("a schema as mysqldump writes it makes the lane's tables, and no database", async () => {
    const name = `raceproof_dumped_${process.pid}`;
    const schema = `/*!40000 DROP DATABASE IF EXISTS \`${name}\`*/;
CREATE DATABASE /*!32312 IF NOT EXISTS*/ \`${name}\` /*!40100 DEFAULT CHARACTER SET utf8mb4 */;
USE \`${name}\`;
CREATE TABLE account (balance int) ENGINE = InnoDB;
CREATE TABLE audit (n int) ENGINE = InnoDB;
DELIMITER ;;
/*!50003 CREATE*/ /*!50003 TRIGGER told AFTER UPDATE ON account FOR EACH ROW
BEGIN
  SET @seen = 1; INSERT INTO audit VALUES (NEW.balance);
END */;;
DELIMITER ;
`;
    await using lane = await withSchema(await openLaneDatabase(servers[kind]), schema);
    expect([...(await lane.rows!()).keys()].toSorted()).toEqual(["account", "audit"]);
    await using direct = await connectDirectly(servers[kind].url);
    const [rows] = await direct.db.query("SHOW DATABASES LIKE ?", [name]);
    expect(rows).toEqual([]);
  });

  test("a name before a table leads to somebody else's: no proof, and why", async () => {
    const name = `raceproof_elsewhere_${process.pid}`;
    await using direct = await connectDirectly(servers[kind].url);
    await direct.db.query(`CREATE DATABASE ${name}`);
    await direct.db.query(`CREATE TABLE ${name}.audit (n int)`);
    try {
      const { proof, text } = await ask(ways["its log-in"]!, async (db) => {
        await added(db);
        await db.query(`INSERT INTO ${name}.audit VALUES (1)`);
      });
      expect(proof).toBe(false);
      expect(text).toContain(`works in database ${name}, which is not`);
    } finally {
      await direct.db.query(`DROP DATABASE ${name}`);
    }
  });
});
