import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Backend, open_gate } from "../../backends/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { type ExploreOptions, explore, RaceFound, type Report } from "../../library/explore.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { CheckFailed } from "../../schedules/program.ts";

/** The user's own driver, which knows nothing about doors. */
const make = {
  async open({ url }: { url: string }): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  },
  close: (client: pg.Client) => client.end(),
};

const tables = `
  CREATE TABLE job (id integer PRIMARY KEY, state text NOT NULL);
  CREATE TABLE ticket (n integer NOT NULL);`;

let backend: Backend<pg.Client>;

beforeAll(async () => {
  const direct = await connectPostgres(inject("servers").postgres);
  await using session = await direct.open(open_gate);
  await session.client.query(tables);
  backend = throughDoors(direct, make);
});

afterAll(() => backend?.[Symbol.asyncDispose]());

type Program = Pick<ExploreOptions<pg.Client>, "setup" | "run" | "check">;

const through = (name: string, program: Program): Promise<Report> =>
  explore({ name, backend, lanes: 1, ...program });

async function raceIn(name: string, program: Program): Promise<RaceFound> {
  const error = await through(name, program).catch((error: unknown) => error);
  if (!(error instanceof RaceFound)) throw new Error("no race was found", { cause: error });
  return error;
}

/** Two workers take a job each; both tell which. */
function jobs(claim: string): Program {
  return {
    async setup(db) {
      await db.query("DELETE FROM job");
      await db.query("INSERT INTO job VALUES (1, 'queued'), (2, 'queued')");
    },
    run: async (db) => (await db.query(claim)).rows[0]?.id ?? null,
    async check(_db, { trace }) {
      const [one, two] = trace.results.map(({ output }) => output as number | null);
      if (one && one === two) throw new CheckFailed("claimed twice", `both got job ${one}`);
    },
  };
}

function tickets(insert: (db: pg.Client) => Promise<unknown>): Program {
  return {
    setup: (db) => db.query("DELETE FROM ticket"),
    run: insert,
    async check(db) {
      const { rows } = await db.query("SELECT count(DISTINCT n)::int AS n FROM ticket");
      if (rows[0].n < 2) throw new CheckFailed("duplicate", "two tickets have one number");
    },
  };
}

describe("a write that runs by itself is two steps, its work and its commit", () => {
  test("a job that is claimed by a sub-select is given to two workers", async () => {
    const claim =
      "UPDATE job SET state = 'active' WHERE id = (SELECT id FROM job WHERE state = 'queued' ORDER BY id LIMIT 1) RETURNING id";
    const race = await raceIn("sub-select", jobs(claim));
    expect(race.message).toContain("both got job 1");
    expect(race.message).toContain("waits for client 1");
  });

  test("the same with the state asked again is right", async () => {
    const claim =
      "UPDATE job SET state = 'active' WHERE id = (SELECT id FROM job WHERE state = 'queued' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id";
    expect((await through("skip-locked", jobs(claim))).proof).toBe(true);
  });

  test("max + 1 in one statement makes two tickets with one number", async () => {
    const insert = "INSERT INTO ticket SELECT coalesce(max(n), 0) + 1 FROM ticket";
    const race = await raceIn(
      "max-plus-one",
      tickets((db) => db.query(insert)),
    );
    expect(race.message).toContain("duplicate");
  });

  test("the same under a lock of the table is right", async () => {
    const locked = tickets(async (db) => {
      await db.query("BEGIN");
      await db.query("LOCK TABLE ticket IN EXCLUSIVE MODE");
      await db.query("INSERT INTO ticket SELECT coalesce(max(n), 0) + 1 FROM ticket");
      await db.query("COMMIT");
    });
    expect((await through("max-plus-one-locked", locked)).proof).toBe(true);
  });
});
