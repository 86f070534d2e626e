import { Client } from "pg";
import { open_gate } from "../../backends/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { backendContract, type Fixtures, type Provoked } from "../contract.ts";
import { ownServer } from "../own-server.ts";

const url = ownServer("postgres");

async function asOutsider<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url());
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The error that the work must end with. */
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => new Error("nothing went wrong"),
    (error: unknown) => error,
  );

const table = "CREATE TABLE IF NOT EXISTS contract (id text PRIMARY KEY, v int NOT NULL)";
const add = "UPDATE contract SET v = v + 1 WHERE id = $1";

type Provoke = Fixtures<Client>["provoke"][string];

/** Opens two sessions at a level, whose clash gives the error. */
function withTwo(
  isolation: "READ COMMITTED" | "REPEATABLE READ" | "SERIALIZABLE",
  expected: string,
  clash: (one: Client, two: Client, key: string) => Promise<unknown>,
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

const withOne = (expected: string, clash: (client: Client, key: string) => Promise<unknown>) =>
  withTwo("READ COMMITTED", expected, (one, _two, key) => errorOf(clash(one, key)));

const fixtures: Fixtures<Client> = {
  connect: () => connectPostgres({ url: url() }),
  outside: () =>
    asOutsider(async (client) => {
      const { rows } = await client.query(
        `SELECT datname AS name FROM pg_database WHERE datname LIKE 'raceproof%'
         UNION ALL SELECT usename || pid FROM pg_stat_activity WHERE application_name = 'raceproof'
         ORDER BY name`,
      );
      return rows;
    }),
  async prepare(client, key) {
    await client.query(table);
    await client.query("INSERT INTO contract VALUES ($1, 0) ON CONFLICT (id) DO UPDATE SET v = 0", [
      key,
    ]);
  },
  async write(client, key, value) {
    await client.query("UPDATE contract SET v = $2 WHERE id = $1", [key, value]);
  },
  async read(client, key) {
    return (await client.query("SELECT v FROM contract WHERE id = $1", [key])).rows[0].v;
  },
  async increment(client, key) {
    await client.query(add, [key]);
  },

  async loseServer(_backend, { client }) {
    const { rows } = await client.query("SELECT pg_backend_pid() AS pid");
    const lost = errorOf(client.query("SELECT pg_sleep(60)"));
    await asOutsider(async (outsider) => {
      const sleeps = "SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
      while ((await outsider.query(sleeps, [rows[0].pid])).rowCount === 0);
      await outsider.query("SELECT pg_terminate_backend($1)", [rows[0].pid]);
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
    const nonsense = { text: add, values: "no array" as unknown as string[] };
    const errors = [
      await errorOf(ended.client.query(add, [key])),
      await errorOf(lost.client.query(add, [key])),
      await errorOf(sound.client.query(nonsense)),
      await errorOf(new Client("postgres://nobody@127.0.0.1:1/").connect()),
    ];
    for (const session of [ended, lost, sound]) await session[Symbol.asyncDispose]();
    return errors;
  },

  provoke: {
    "serialization failure of an update, REPEATABLE READ": withTwo(
      "REPEATABLE READ",
      "40001",
      async (one, two, key) => {
        await one.query("BEGIN");
        await one.query("SELECT v FROM contract WHERE id = $1", [key]);
        await two.query(add, [key]);
        return errorOf(one.query(add, [key]));
      },
    ),
    "serialization failure on COMMIT, SERIALIZABLE": withTwo(
      "SERIALIZABLE",
      "40001",
      async (one, two, key) => {
        for (const client of [one, two]) {
          await client.query("BEGIN");
          await client.query("SELECT sum(v) FROM contract");
        }
        await two.query("INSERT INTO contract VALUES ($1, 1)", [`${key} skew two`]);
        await one.query("INSERT INTO contract VALUES ($1, 1)", [`${key} skew one`]);
        await two.query("COMMIT");
        return errorOf(one.query("COMMIT"));
      },
    ),
    deadlock: withTwo("READ COMMITTED", "40P01", async (one, two, key) => {
      await one.query("INSERT INTO contract VALUES ($1, 0)", [`${key} other`]);
      await one.query("BEGIN");
      await two.query("BEGIN");
      await one.query(add, [key]);
      await two.query(add, [`${key} other`]);
      const ends = await Promise.allSettled([
        one.query(add, [`${key} other`]),
        two.query(add, [key]),
      ]);
      return ends.find((end) => end.status === "rejected")?.reason;
    }),
    "lock not available (NOWAIT)": withTwo("READ COMMITTED", "55P03", async (one, two, key) => {
      await two.query("BEGIN");
      await two.query(add, [key]);
      return errorOf(one.query("SELECT v FROM contract WHERE id = $1 FOR UPDATE NOWAIT", [key]));
    }),
    "unique violation": withOne("23505", (client, key) =>
      client.query("INSERT INTO contract VALUES ($1, 1)", [key]),
    ),
    "syntax error": withOne("42601", (client) => client.query("INCREMENT contract")),
    "no such table": withOne("42P01", (client) => client.query("SELECT * FROM nowhere")),
    "failed transaction": withOne("25P02", async (client) => {
      await client.query("BEGIN");
      await errorOf(client.query("SELECT 1/0"));
      await client.query("SELECT 1");
    }),
    "statement timeout": withOne("57014", async (client) => {
      await client.query("SET statement_timeout = 5");
      await client.query("SELECT pg_sleep(60)");
    }),
    "reply to COMMIT lost": async (backend, key) => {
      const session = await backend.open(open_gate);
      await session.client.query("BEGIN");
      await session.client.query(add, [key]);
      session.loseNextReply();
      const error = await errorOf(session.client.query("COMMIT"));
      await session[Symbol.asyncDispose]();
      return { error, outcome: "info", code: "connection lost" };
    },
  },

  locks: {
    "a row lock": {
      async take(client, key) {
        await client.query("BEGIN");
        await client.query("SELECT v FROM contract WHERE id = $1 FOR UPDATE", [key]);
      },
      release: (client) => client.query("COMMIT"),
    },
    "an advisory lock": {
      take: (client, key) => client.query("SELECT pg_advisory_lock(hashtext($1))", [key]),
      release: (client, key) => client.query("SELECT pg_advisory_unlock(hashtext($1))", [key]),
    },
  },
};

backendContract("PostgreSQL", fixtures);
