import { meetingsText } from "../reports/meetings.ts";
import { exploreLevels, type LevelsOptions, type LevelsReport } from "./explore-levels.ts";
import { exploreOne } from "./explore-one.ts";
import type { Databases, ExploreOptions, ProgramOptions } from "./explore-options.ts";
import {
  NoProof,
  NothingRaced,
  RaceFound,
  type Report,
  type ScenariosReport,
} from "./explore-results.ts";
import { stateOf, withProgram } from "./open-program.ts";
import type { ScenarioOptions } from "./scenario-options.ts";
import { exploreScenarios } from "./scenarios.ts";

export { replay_variable } from "./asked-exploration.ts";
export type { ExploreOptions } from "./explore-options.ts";
export {
  NoProof,
  NotDeterministic,
  NoVerdict,
  ProgramFailed,
  RaceFound,
  type Report,
  type ScenariosReport,
} from "./explore-results.ts";

/**
 * Runs your own code on a real database under many interleavings, and compares how each ends with what the operations
 * do one after the other; or calls `check`, if you give it.
 *
 * With `database` and `client` the program brings its own driver or ORM, and has a database with its own names.
 * With `backend` it runs on a client that raceproof made (`connectPostgres` and its like). With `levels: "all"` it is
 * explored at every isolation level, and the report says which of them is enough.
 *
 * @example
 * import pg from "pg";
 * import { explore } from "raceproof";
 *
 * async function withdraw(db, id, amount) {
 *   const { rows } = await db.query("SELECT balance FROM account WHERE id = $1", [id]);
 *   await db.query("UPDATE account SET balance = $2 WHERE id = $1", [id, rows[0].balance - amount]);
 * }
 *
 * const exploring = explore({
 *   database: "postgres",
 *   schema: "CREATE TABLE account (id text PRIMARY KEY, balance int)",
 *   client: (url) => new pg.Pool({ connectionString: url }),
 *   setup: (db) => db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
 *   run: (db) => withdraw(db, "alice", 30),
 * });
 * const found = await exploring.catch((error) => error);
 * console.log(found.name); // RaceFound
 *
 * @returns what was run, when nothing failed
 * @throws RaceFound with the smallest failing interleaving: table, sentence, counts, seed, and a token that
 *   replays it (RACEPROOF_REPLAY=token)
 * @throws ProgramFailed when `run` throws even without a race
 * @throws NotDeterministic without `check`, when the operations one after the other do not always end the same way
 * @throws NoVerdict when a client was busy for too long, or a schedule did not end
 * @throws BadOptions in one sentence
 * @throws SetupFailed when `setup` throws, SchemaFailed when `schema` does
 * @throws CannotConnect, ServerUnavailable in one sentence
 * @throws NoProof when `require` asks for a proof and there is none, or the time of the test is over
 * @throws Error when there was nothing to race: fewer than two clients took a step
 */
export function explore<Client, D extends Databases>(
  options: ProgramOptions<Client, D>,
): Promise<Report>;
export function explore<Client, D extends Databases>(
  options: ScenarioOptions<Client, D>,
): Promise<ScenariosReport>;
export function explore<Client, D extends Databases>(
  options: LevelsOptions<Client, D>,
): Promise<LevelsReport>;
export function explore<Client>(options: ExploreOptions<Client>): Promise<Report>;
export async function explore<Client, D extends Databases>(
  options:
    | ProgramOptions<Client, D>
    | ScenarioOptions<Client, D>
    | LevelsOptions<Client, D>
    | ExploreOptions<Client>,
): Promise<Report | ScenariosReport | LevelsReport> {
  if (!("database" in options)) return exploreOne(options);
  if ("levels" in options) return exploreLevels(options);
  if (isScenarios(options)) return exploreMeetings(options);
  return withProgram(options, ({ options: own, serial, workshops }) =>
    exploreOne(own, { serial, ...(options.repairs === false ? {} : { workshops }) }),
  );
}

const isScenarios = <Client, D extends Databases>(
  options: ProgramOptions<Client, D> | ScenarioOptions<Client, D>,
): options is ScenarioOptions<Client, D> => typeof options.operations === "object";

/** @throws RaceFound for the first race, with the results of the other meetings */
async function exploreMeetings<Client, D extends Databases>(
  options: ScenarioOptions<Client, D>,
): Promise<ScenariosReport> {
  const { ignore = [], allow = {} } = options;
  const own = { serial: { ignore, allow, may_refuse: true, ...stateOf(options) } };
  const scenarios = await exploreScenarios(options, {
    explore: (one: ExploreOptions<Client>) => exploreOne(one, own),
    isRace: (error) => error instanceof RaceFound,
    saysNothing: (error) => error instanceof NothingRaced || error instanceof NoProof,
  });
  const { meetings, schedules, seed, race } = scenarios;
  const text = meetingsText(scenarios);
  if (race instanceof RaceFound)
    throw new RaceFound(`${race.message}\n\n${text}`, race.exploration, race.token);
  return { meetings, schedules, seed, text };
}
