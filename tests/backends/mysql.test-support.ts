import type { Connection, RowDataPacket } from "mysql2/promise";
import mysql from "mysql2/promise";
import { type Isolation, open_gate } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import type { Fixtures, Provoked } from "../contract.ts";

/** The error that the work must end with. */
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => new Error("nothing went wrong"),
    (error: unknown) => error,
  );

const read = "SELECT v FROM contract WHERE id = ?";
const add = "UPDATE contract SET v = v + 1 WHERE id = ?";

type Provoke = Fixtures<Connection>["provoke"][string];

/** Opens two sessions at a level, whose clash gives the error. */
function withTwo(
  isolation: Isolation,
  expected: string,
  clash: (one: Connection, two: Connection, key: string) => Promise<unknown>,
): Provoke {
  return async (backend, key): Promise<Provoked> => {
    const sessions = [
      await backend.open(open_gate, { isolation }),
      await backend.open(open_gate, { isolation }),
    ] as const;
    const error = await clash(sessions[0].client, sessions[1].client, key);
    for (const session of sessions) await session[Symbol.asyncDispose]();
    return { error, outcome: "fail", code: expected };
  };
}

const withOne = (expected: string, clash: (client: Connection, key: string) => Promise<unknown>) =>
  withTwo("READ COMMITTED", expected, (one, _two, key) => errorOf(clash(one, key)));

/** Only MariaDB refuses to write what changed since the snapshot; MySQL overwrites it. */
const since_snapshot: Provoke = async (backend, key) => {
  const provoke = withTwo("REPEATABLE READ", "1020", async (one, two) => {
    await one.beginTransaction();
    await one.query(read, [key]);
    await two.query(add, [key]);
    const [written] = await Promise.allSettled([one.query(add, [key])]);
    return written.status === "rejected" ? written.reason : new Error("overwritten");
  });
  const provoked = await provoke(backend, key);
  return backend.name === "mariadb" ? provoked : { ...provoked, outcome: "info", code: "error" };
};

/**
 * What the contract needs to know of MySQL and MariaDB.
 * @param url called when a test runs: only then are there servers
 */
export function mysqlFixtures(url: () => string): Fixtures<Connection> {
  async function asOutsider<T>(work: (client: Connection) => Promise<T>): Promise<T> {
    const client = await mysql.createConnection(url());
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  return {
    connect: () => connectMysql({ url: url() }),
    outside: () =>
      asOutsider(async (client) => {
        const [databases] = await client.query("SHOW DATABASES LIKE 'raceproof%'");
        const [connections] = await client.query<RowDataPacket[]>(
          "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND db LIKE 'raceproof%' ORDER BY id",
        );
        return { databases, connections };
      }),
    async prepare(client, key) {
      await client.query("CREATE TABLE IF NOT EXISTS contract (id varchar(50) PRIMARY KEY, v int)");
      await client.query("REPLACE INTO contract VALUES (?, 0)", [key]);
    },
    async write(client, key, value) {
      await client.execute("UPDATE contract SET v = ? WHERE id = ?", [value, key]);
    },
    async read(client, key) {
      const [rows] = await client.execute<RowDataPacket[]>(read, [key]);
      return rows[0]!["v"];
    },
    async increment(client, key) {
      await client.execute(add, [key]);
    },

    async loseServer(_backend, { client }) {
      const lost = errorOf(client.query("SELECT SLEEP(60)"));
      await asOutsider(async (outsider) => {
        const sleeps =
          "SELECT 1 FROM information_schema.processlist WHERE id = ? AND info LIKE 'SELECT SLEEP%'";
        while ((await outsider.query<RowDataPacket[]>(sleeps, [client.threadId]))[0].length === 0);
        await outsider.query(`KILL ${client.threadId}`);
      });
      return lost;
    },

    async refuse(backend, key) {
      const ended = await backend.open(open_gate);
      await ended.client.end();
      const lost = await backend.open(open_gate);
      lost.loseNextReply();
      await errorOf(lost.client.query("SELECT 1"));
      const sound = await backend.open(open_gate);
      const errors = [
        await errorOf(ended.client.query(add, [key])),
        await errorOf(lost.client.query(add, [key])),
        await errorOf(sound.client.execute(add, [undefined as unknown as string])),
        await errorOf(mysql.createConnection("mysql://nobody@127.0.0.1:1/")),
      ];
      for (const session of [ended, lost, sound]) await session[Symbol.asyncDispose]();
      return errors;
    },

    provoke: {
      deadlock: withTwo("SERIALIZABLE", "1213", async (one, two, key) => {
        for (const client of [one, two]) {
          await client.beginTransaction();
          await client.query(`${read} LOCK IN SHARE MODE`, [key]);
        }
        const ends = await Promise.allSettled([one.query(add, [key]), two.query(add, [key])]);
        return ends.find((end) => end.status === "rejected")?.reason;
      }),
      "changed since the snapshot (1020, MariaDB only)": since_snapshot,
      "lock wait timeout": withTwo("READ COMMITTED", "1205", async (one, two, key) => {
        await two.beginTransaction();
        await two.query(add, [key]);
        await one.query("SET SESSION innodb_lock_wait_timeout = 1");
        return errorOf(one.query(add, [key]));
      }),
      "unique violation": withOne("1062", (client, key) =>
        client.query("INSERT INTO contract VALUES (?, 1)", [key]),
      ),
      "syntax error": withOne("1064", (client) => client.query("INCREMENT contract")),
      "syntax error, prepared": withOne("1064", (client) => client.execute("INCREMENT contract")),
      "no such table": withOne("1146", (client) => client.execute("SELECT * FROM nowhere")),
      "reply to COMMIT lost": async (backend, key) => {
        const session = await backend.open(open_gate);
        await session.client.beginTransaction();
        await session.client.query(add, [key]);
        session.loseNextReply();
        const error = await errorOf(session.client.commit());
        await session[Symbol.asyncDispose]();
        return { error, outcome: "info", code: "PROTOCOL_CONNECTION_LOST" };
      },
      "lock not available (NOWAIT)": async (backend, key) => {
        // MariaDB answers NOWAIT with the number of a lock timeout.
        const expected = backend.name === "mariadb" ? "1205" : "3572";
        return withTwo("READ COMMITTED", expected, async (one, two) => {
          await two.beginTransaction();
          await two.query(add, [key]);
          return errorOf(one.query(`${read} FOR UPDATE NOWAIT`, [key]));
        })(backend, key);
      },
    },

    locks: {
      "a row lock": {
        async take(client, key) {
          await client.beginTransaction();
          await client.query(`${read} FOR UPDATE`, [key]);
        },
        release: (client) => client.commit(),
      },
      "a named lock": {
        take: (client, key) => client.query("SELECT GET_LOCK(?, 10)", [`contract ${key}`]),
        release: (client, key) => client.query("SELECT RELEASE_LOCK(?)", [`contract ${key}`]),
      },
    },
  };
}
