/**
 * What the oracle costs: the same exploration judged by its serial orders, which reads every table after every schedule,
 * and by a check, which asks for one row. Side by side, so that the ratio does not depend on the machine.
 */
import pg from "pg";
import { explore } from "../library/explore.ts";
import type { ProgramOptions } from "../library/explore-options.ts";
import { startServer } from "../servers/start.ts";
import { median } from "./calm.ts";

const rounds = 5;
/** What is paid once (the database, the serial orders) is in both of a pair of lengths, and so is taken off. */
const [few, many] = [20, 120];
const most_percent = 30;

export default async function oracle(): Promise<void> {
  await using server = await startServer("postgres");
  for (const rows of [2, 200]) {
    const program = programOn(server.url, rows);
    const costs: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const serial = await rateOf(program);
      const checked = await rateOf({ ...program, check });
      // The first round warms up.
      if (round > 0) costs.push(100 * (1 - serial / checked));
    }
    console.log(
      `  a table with ${rows} rows: the oracle takes ${median(costs).toFixed(0)} % of the schedules/s (at most ${most_percent} %); ` +
        `${Math.min(...costs).toFixed(0)} to ${Math.max(...costs).toFixed(0)} % in ${rounds} rounds`,
    );
  }
}

const programOn = (url: string, rows: number): ProgramOptions<pg.Pool, { url: string }> => ({
  name: "oracle",
  database: { url },
  schema: "CREATE TABLE account (id int PRIMARY KEY, owner text, balance int)",
  client: (door) => new pg.Pool({ connectionString: door, max: 2 }),
  setup: (db) =>
    db.query(
      `TRUNCATE account; INSERT INTO account SELECT n, 'somebody', 100 FROM generate_series(1, ${rows}) n`,
    ),
  async run(pool) {
    const db = await pool.connect();
    await db.query("BEGIN");
    await db.query("SELECT balance FROM account WHERE id = 1 FOR UPDATE");
    await db.query("UPDATE account SET balance = balance - 30 WHERE id = 1");
    await db.query("COMMIT");
    db.release();
  },
  exhaustive: false,
  lanes: 1,
});

const check = async (db: pg.Pool): Promise<boolean> => {
  const { rows } = await db.query("SELECT balance FROM account WHERE id = 1");
  return (rows[0] as { balance: number }).balance === 40;
};

/** Schedules in a second. */
async function rateOf(program: ProgramOptions<pg.Pool, { url: string }>): Promise<number> {
  const short = await timeOf({ ...program, schedules: few });
  const long = await timeOf({ ...program, schedules: many });
  return (many - few) / (long - short);
}

async function timeOf(program: ProgramOptions<pg.Pool, { url: string }>): Promise<number> {
  const begin = performance.now();
  await explore(program);
  return (performance.now() - begin) / 1000;
}
