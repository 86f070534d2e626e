/**
 * Correct programs that touch more than a key of their own: fixed ids, TRUNCATE in set-up, SERIALIZABLE with retry,
 * MySQL's gap locks. Lanes side by side in one database made each of them fail, so lanes have databases of their own.
 */
import type { Connection } from "mysql2/promise";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { type Exploration, exploreSchedules } from "../../schedules/exploration.ts";
import type { Program } from "../../schedules/program.ts";
import { inTransaction, type Sql, sqlOf } from "./programs.test-support.ts";

const account = "CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)";
const booking = "CREATE TABLE booking (seat int PRIMARY KEY, who varchar(20) NOT NULL)";

/** Takes 30 from account 1 to account 2; `read` says with which lock. */
function transfer(read: string, how: Parameters<typeof inTransaction>[2] = {}): Program<unknown> {
  return {
    async setup(client) {
      const db = sqlOf(client);
      await db.query("TRUNCATE TABLE account");
      await db.query("INSERT INTO account VALUES (1, 100), (2, 0)");
    },
    async run(client) {
      const db = sqlOf(client);
      await inTransaction(db, () => move(db, read), how);
    },
    async check(client) {
      const rows = await sqlOf(client).query("SELECT balance FROM account ORDER BY id");
      const balances = rows.map(({ balance }) => Number(balance));
      if (balances.join() !== "40,60") throw new Error(`balances ${balances.join(" and ")}`);
    },
  };
}

async function move(db: Sql, read: string): Promise<void> {
  const [row] = await db.query(read);
  await db.query(`UPDATE account SET balance = ${Number(row!["balance"]) - 30} WHERE id = 1`);
  await db.query("UPDATE account SET balance = balance + 30 WHERE id = 2");
}

const plainly = "SELECT balance FROM account WHERE id = 1";
const with_lock = `${plainly} FOR UPDATE`;

/** Looks for a seat that is not there yet, which locks the gap where it would be; the victim tries again. */
const book: Program<unknown> = {
  setup: async (client) => void (await sqlOf(client).query("DELETE FROM booking")),
  async run(client, { client: number }) {
    const db = sqlOf(client);
    const take = async (): Promise<void> => {
      const taken = await db.query("SELECT who FROM booking WHERE seat = 7 FOR UPDATE");
      if (taken.length === 0) await db.query(`INSERT INTO booking VALUES (7, 'client ${number}')`);
    };
    await inTransaction(db, take, { retry: [1213] });
  },
  async check(client) {
    const rows = await sqlOf(client).query("SELECT who FROM booking");
    if (rows.length !== 1) throw new Error(`${rows.length} bookings of one seat`);
  },
};

/** Four lanes from the third schedule on: soon enough for programs this small. */
function exploreInLanes(
  backend: Backend<unknown>,
  program: Program<unknown>,
): Promise<Exploration> {
  const size = { clients: 2, search: "exhaustive", lanes: 4, grow_after: 2 } as const;
  return exploreSchedules({ ...size, backend, name: "fixed", program });
}

async function prepare(backend: Backend<unknown>): Promise<void> {
  await using session = await backend.open(open_gate);
  for (const table of [account, booking]) await sqlOf(session.client).query(table);
}

const proof = { proof: true, doubt: undefined, disturbance: undefined };
const summary = ({ proof, doubt, disturbance }: Exploration) => ({ proof, doubt, disturbance });
const runs = [1, 2, 3];

describe("PostgreSQL", () => {
  let backend: Backend<pg.Client>;
  beforeAll(async () => {
    backend = await connectPostgres(inject("servers").postgres);
    await prepare(backend);
  });
  afterAll(() => backend?.[Symbol.asyncDispose]());

  test.each(runs)("fixed ids and TRUNCATE, FOR UPDATE: proof (run %i)", async () => {
    expect(summary(await exploreInLanes(backend, transfer(with_lock)))).toEqual(proof);
  });

  test.each(runs)("SERIALIZABLE with retry: proof (run %i)", async () => {
    const begin = "BEGIN ISOLATION LEVEL SERIALIZABLE";
    const program = transfer(plainly, { begin, retry: ["40001", "40P01"] });
    expect(summary(await exploreInLanes(backend, program))).toEqual(proof);
  });

  test("the same without a lock is a race", async () => {
    const { failure } = await exploreInLanes(backend, transfer(plainly));
    expect(failure).toMatchObject({ message: "balances 70 and 60", again: { failed: 1 } });
  });

  test("while a session is open beside it, the database is not copied: one lane, and still a proof", async () => {
    await using session = await backend.open(open_gate);
    await sqlOf(session.client).query("SELECT 1");
    expect(summary(await exploreInLanes(backend, transfer(with_lock)))).toEqual(proof);
  });
});

describe("MySQL", () => {
  let backend: Backend<Connection>;
  beforeAll(async () => {
    backend = await connectMysql(inject("servers").mysql);
    await prepare(backend);
  });
  afterAll(() => backend?.[Symbol.asyncDispose]());

  test.each(runs)("gap locks, and the victim tries again: proof (run %i)", async () => {
    expect(summary(await exploreInLanes(backend, book))).toEqual(proof);
  });

  test("fixed ids and TRUNCATE, FOR UPDATE: proof", async () => {
    expect(summary(await exploreInLanes(backend, transfer(with_lock)))).toEqual(proof);
  });

  test("the same without a lock is a race", async () => {
    const { failure } = await exploreInLanes(backend, transfer(plainly));
    expect(failure).toMatchObject({ message: "balances 70 and 60", again: { failed: 1 } });
  });

  test("a named lock belongs to the whole server: one lane, and a proof", async () => {
    const locked: Program<unknown> = {
      ...transfer(plainly),
      async run(client) {
        const db = sqlOf(client);
        await db.query("SELECT GET_LOCK('raceproof test: transfer', 5)");
        await move(db, plainly);
        await db.query("SELECT RELEASE_LOCK('raceproof test: transfer')");
      },
    };
    expect(summary(await exploreInLanes(backend, locked))).toEqual(proof);
  });
});
