import { now_ms } from "./backends/real-time.ts";
import type { Databases, ExploreOptions, ProgramOptions } from "./explore-options.ts";
import { openProgram } from "./open-program.ts";
import { SerialOracle, type Trouble } from "./oracle/oracle.ts";
import type { TriedRepair } from "./repairs/repair.ts";
import { tryRepairs, type Workshop } from "./repairs/try-repairs.ts";
import { blamedStack } from "./reports/blamed-stack.ts";
import { keepAside } from "./reports/keep-aside.ts";
import { meetingsText } from "./reports/meetings.ts";
import { noVerdictText } from "./reports/no-verdict.ts";
import { addToPage } from "./reports/page/gathered.ts";
import { Progress } from "./reports/progress.ts";
import { repairsText } from "./reports/repairs.ts";
import { replayedText } from "./reports/replayed.ts";
import {
  countsText,
  failureText,
  programFailedText,
  type Subject,
  tokenOf,
} from "./reports/report.ts";
import { serialText, successText, timeIsUpText } from "./reports/success.ts";
import { troubleText } from "./reports/trouble.ts";
import type { ScenarioOptions } from "./scenario-options.ts";
import { exploreScenarios, type Meeting } from "./scenarios.ts";
import { BadOptions, mustBeFunctions, mustMakeSense } from "./schedules/bad-options.ts";
import {
  type Exploration,
  type ExplorationOptions,
  exploreSchedules,
  type FoundFailure,
} from "./schedules/exploration.ts";
import { CheckFailed, OperationFailed, type Outcome, type Program } from "./schedules/program.ts";
import { contextSwitches } from "./schedules/schedule.ts";
import { replay } from "./schedules/search/replay.ts";
import { Tally } from "./schedules/tally.ts";
import { type Replay, readToken } from "./schedules/token.ts";
import { testTime } from "./test-runner.ts";

export type { ExploreOptions } from "./explore-options.ts";

/** Some schedules could not be run to their end, and no other failed: there is neither a race nor a proof. */
export class NoVerdict extends Error {
  override readonly name = "NoVerdict";
  declare readonly exploration: Exploration;

  constructor(message: string, exploration: Exploration) {
    super(message);
    keepAside(this, { exploration });
  }
}

/** Schedules that were run, and the sentence that says what they show. */
export interface Report extends Exploration {
  readonly text: string;
}

/** Fewer than two clients took a step. */
class NothingRaced extends Error {}

/** What was found where the operations of an application met, and the text that says so. */
export interface ScenariosReport {
  readonly meetings: readonly Meeting[];
  readonly schedules: number;
  readonly seed: number;
  readonly text: string;
}

/** The smallest failing interleaving, drawn and explained in the message. */
export class RaceFound extends Error {
  declare readonly exploration: Exploration;
  declare readonly token: string;
  /** The repairs that were tried, and what they showed. */
  declare readonly repairs: readonly TriedRepair[];

  constructor(
    message: string,
    exploration: Exploration,
    token: string,
    repairs: readonly TriedRepair[] = [],
  ) {
    const { failure } = exploration;
    const { error } = failure ?? {};
    // What a check has found is in the message; what an operation threw may have a cause and fields of its own.
    const is_told = error instanceof CheckFailed && !(error instanceof OperationFailed);
    super(message, error === undefined || is_told ? {} : { cause: error });
    this.name = "RaceFound";
    if (failure && this.stack) this.stack = blamedStack(this.stack, message, failure.smallest);
    keepAside(this, { exploration, token, repairs });
  }
}

/** Nothing failed, but a proof was required, or the test's time was over before the search was. */
export class NoProof extends Error {
  override readonly name = "NoProof";
  declare readonly report: Report;

  constructor(message: string, report: Report) {
    super(message);
    keepAside(this, { report });
  }
}

/**
 * Without `check`, what the operations do one after the other is right. But here that cannot be determined: it was
 * different when it was run again, or is too much to be compared. The message says where.
 */
export class NotDeterministic extends Error {
  override readonly name = "NotDeterministic";
}

/** The program fails even when its clients go one after the other, without a race. Its error is the `cause`. */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
}

/** The environment variable whose token makes `explore` run that one schedule instead of all. */
export const replay_variable = "RACEPROOF_REPLAY";

/** The environment variable that names the folder for the page. */
const report_variable = "RACEPROOF_REPORT";

/**
 * Runs your own code on a real database under many interleavings, and compares how each ends with what the operations
 * do one after the other; or calls `check`, if you give it.
 *
 * With `database` and `client` the program brings its own driver or ORM, and has a database with its own names.
 * With `backend` it runs on a client that raceproof made (`connectPostgres` and its like).
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
export function explore<Client>(options: ExploreOptions<Client>): Promise<Report>;
export async function explore<Client, D extends Databases>(
  options: ProgramOptions<Client, D> | ScenarioOptions<Client, D> | ExploreOptions<Client>,
): Promise<Report | ScenariosReport> {
  if (!("database" in options)) return exploreBackend(options);
  if (isScenarios(options)) return exploreMeetings(options);
  const program = await openProgram(options);
  let report: Report;
  try {
    const ignore = program.without_check ? (options.ignore ?? []) : undefined;
    const { workshop } = program;
    const mends = options.repairs !== false && workshop ? { workshop } : {};
    report = await exploreBackend(program.options, { ignore, ...mends });
  } catch (error) {
    // Only the first error is reported.
    await program.close().catch(() => undefined);
    throw error;
  }
  await program.close();
  return report;
}

const isScenarios = <Client, D extends Databases>(
  options: ProgramOptions<Client, D> | ScenarioOptions<Client, D>,
): options is ScenarioOptions<Client, D> => typeof options.operations === "object";

/** @throws RaceFound for the first race, with the results of the other meetings */
async function exploreMeetings<Client, D extends Databases>(
  options: ScenarioOptions<Client, D>,
): Promise<ScenariosReport> {
  const own = { ignore: options.ignore ?? [], may_refuse: true };
  const scenarios = await exploreScenarios(options, {
    explore: (one: ExploreOptions<Client>) => exploreBackend(one, own),
    isRace: (error) => error instanceof RaceFound,
    saysNothing: (error) => error instanceof NothingRaced || error instanceof NoProof,
  });
  const { meetings, schedules, seed, race } = scenarios;
  const text = meetingsText(scenarios);
  if (race instanceof RaceFound)
    throw new RaceFound(`${race.message}\n\n${text}`, race.exploration, race.token);
  return { meetings, schedules, seed, text };
}

/** @param own present if the program has its own database; has `ignore` if the serial orders say what is right */
async function exploreBackend<Client>(
  options: ExploreOptions<Client>,
  own?: {
    readonly ignore: readonly string[] | undefined;
    readonly may_refuse?: boolean;
    readonly workshop?: Workshop<Client>;
  },
): Promise<Report> {
  const { name, backend, clients = 2, operations = 1, isolation } = options;
  mustMakeSense(options, options.expire !== undefined, 2);
  mustHaveFunctions(options);
  const subject: Subject = {
    name,
    backend,
    isolation,
    replayCommand: (token) => `${replay_variable}='${token}' npm test`,
  };
  const needs_proof = options.require === "proof";
  const exhaustive = options.exhaustive ?? (needs_proof || clients * operations === 2);
  const test = options.timeLimitMs === undefined ? testTime() : undefined;
  const progress = new Progress(name);
  const oracle = own?.ignore && oracleOf(options, own.ignore, own.may_refuse ?? false);
  const began_ms = now_ms();
  const time_limit_ms = options.timeLimitMs ?? test?.left_ms;
  const until_ms = time_limit_ms === undefined ? undefined : began_ms + time_limit_ms;
  const exploration: ExplorationOptions<Client> = {
    ...options,
    program: oracle?.program ?? programOf(options),
    name,
    own_database: own !== undefined,
    clients,
    search: exhaustive ? "exhaustive" : "random",
    ...(options.busyLimitMs === undefined ? {} : { busy_limit_ms: options.busyLimitMs }),
    ...(options.stepLimit === undefined ? {} : { step_limit: options.stepLimit }),
    time_limit_ms,
    progress: (schedules) => progress.show(schedules),
  };
  if (oracle) mustBeOrdered(await oracle.rehearse(exploration), subject);
  const token = process.env[replay_variable];
  const wanted = token === undefined || token === "" ? undefined : readToken(token);
  const remark =
    wanted?.program === name ? `${await replayed(wanted, exploration, subject)}\n\n` : "";

  const found = await exploreSchedules(exploration).finally(() => progress.clear());
  const result = oracle ? withDoubt(found, oracle) : found;
  const { failure } = result;
  if (oracle && failure?.smallest.ending.kind === "ended") {
    const fails = await oracle.stillFails(exploration, failure.smallest);
    if (!fails)
      throw new NotDeterministic(troubleText(subject, { kind: "of its time" }, "`check`"));
  }
  if (failure && needsNoRace(failure)) {
    const { error } = failure;
    const cause = error instanceof OperationFailed ? error.cause : error;
    throw new ProgramFailed(programFailedText(subject, failure), { cause });
  }
  if (!failure && result.gaveUp) throw new NoVerdict(noVerdictText(subject, result.gaveUp), result);
  const ended = (failure?.found.ending.kind ?? "ended") === "ended";
  const time_is_up = result.doubt?.kind === "cut short" && result.doubt.by === "time";
  if (result.racing < 2 && ended && !time_is_up) {
    const cause = failure?.error;
    throw new Error(`${name}: ${nothing_raced}`, cause === undefined ? {} : { cause });
  }
  await addToReport(options.report, subject, result);
  if (failure) {
    const text = remark + failureText(subject, failure, countsText(result, failure));
    const undecided = (): number => oracle?.undecided ?? 0;
    const took_ms = now_ms() - began_ms;
    const to_mend = { exploration, failure, retries: !oracle, undecided, until_ms, took_ms };
    const tried = own?.workshop ? await tryRepairs({ workshop: own.workshop, ...to_mend }) : [];
    const repairs = tried.length > 0 ? `\n\n${repairsText(tried, failure)}` : "";
    throw new RaceFound(text + repairs, result, tokenOf(subject, failure), tried);
  }
  const basis = oracle ? ` ${serialText(oracle)}` : "";
  const report = { ...result, text: remark + successText(subject, result) + basis };
  if (test && time_is_up) throw new NoProof(`${report.text} ${timeIsUpText(test)}`, report);
  const nothing_seen = time_is_up && result.racing < 2;
  if ((needs_proof && !report.proof) || nothing_seen) throw new NoProof(report.text, report);
  return report;
}

/** If the page cannot be drawn, the verdict is still reported. */
async function addToReport(
  folder: string = process.env[report_variable] ?? "",
  subject: Subject,
  result: Exploration,
): Promise<void> {
  if (folder === "") return;
  try {
    await addToPage(folder, subject, result);
  } catch (error) {
    console.warn(`raceproof: the page in ${folder} could not be drawn: ${String(error)}`);
  }
}

/** Judges a program by its serial orders. */
function oracleOf<Client>(
  options: ExploreOptions<Client>,
  ignore: readonly string[],
  may_refuse: boolean,
): SerialOracle<Client> {
  return new SerialOracle(programOf(options), {
    ignore,
    verb: "answered",
    isExpected: (error) =>
      may_refuse ||
      Boolean(options.expectedError?.(error)) ||
      Boolean(options.didNotHappen?.(error)),
  });
}

/** @throws why the serial orders cannot say what is right */
function mustBeOrdered(trouble: Trouble | undefined, subject: Subject): void {
  if (trouble === undefined) return;
  const { name } = subject;
  switch (trouble.kind) {
    case "nothing raced":
      throw new NothingRaced(`${name}: ${nothing_raced}`);
    case "fails": {
      const { error, trace } = trouble;
      const text = programFailedText(subject, { error, message: error.message, smallest: trace });
      throw new ProgramFailed(text, { cause: error.cause });
    }
    case "without an end":
      throw new ProgramFailed(noVerdictText(subject, { count: 1, trace: trouble.trace }));
    default:
      throw new NotDeterministic(troubleText(subject, trouble, "`check`"));
  }
}

/** Outcomes that could not be compared rule out a proof. */
function withDoubt(found: Exploration, { undecided }: { undecided: number }): Exploration {
  if (undecided === 0 || found.doubt) return found;
  return { ...found, proof: false, doubt: { kind: "undecided", count: undecided } };
}

/** Whether an operation throws even when the clients go one after the other, without a fault. */
function needsNoRace({ error, smallest }: FoundFailure): boolean {
  const { choices, faults, polled, stoodStill } = smallest;
  const is_serial = contextSwitches(choices) === 0 && !polled && !stoodStill;
  return error instanceof OperationFailed && is_serial && faults.length === 0;
}

function mustHaveFunctions(options: object): void {
  const { name, ...given } = options as Record<string, unknown>;
  const { require: required, exhaustive, timeLimitMs } = given;
  if (required !== undefined && required !== "proof")
    throw new BadOptions(`${String(name)}: \`require\` can only be "proof".`);
  if (required === "proof" && exhaustive === false)
    throw new BadOptions(
      `${String(name)}: a proof is required, but \`exhaustive: false\` gives none.`,
    );
  if (timeLimitMs !== undefined && !(Number(timeLimitMs) > 0))
    throw new BadOptions(`${String(name)}: timeLimitMs must be a number of milliseconds above 0.`);
  mustBeFunctions(String(name), given, ["setup", "run", "check"]);
}

const nothing_raced =
  "fewer than two clients took a step, so nothing could race; `run` must use the client that it is given.";

function programOf<Client>(options: ExploreOptions<Client>): Program<Client> {
  const { operation, sharedConnection, faults = [] } = options;
  return {
    gives_back: faults.includes("errors"),
    setup: async (client, key) => void (await options.setup(client, key)),
    run: (client, around) => options.run(client, around),
    async check(client, outcome) {
      mustBeExpected(outcome, options);
      return options.check(client, outcome);
    },
    ...(options.didNotHappen ? { didNotHappen: options.didNotHappen.bind(options) } : {}),
    ...(operation ? { operation } : {}),
    ...(sharedConnection ? { sharedConnection } : {}),
    ...(options.expire ? { expire: options.expire.bind(options) } : {}),
  };
}

/** An operation that throws an unexpected error is a failure; the error's code is the class of the failure. */
function mustBeExpected(
  { trace }: Outcome,
  options: Pick<ExploreOptions<never>, "expectedError" | "didNotHappen">,
): void {
  for (const { client, operation, status, error, code = "error" } of trace.results) {
    if (status === "ok" || status === "open") continue;
    if (options.expectedError?.(error) || options.didNotHappen?.(error)) continue;
    const from_fault = trace.steps.some(
      (step) =>
        step.client === client &&
        step.operation === operation &&
        ((step.fault === "lose reply" && status === "info") || step.fault === "error"),
    );
    if (from_fault) continue;
    throw new OperationFailed(client, code, error);
  }
}

/**
 * Runs the schedule of a token again.
 * @returns a sentence about it, when nothing failed: that proves too little, so everything has to be explored
 * @throws RaceFound when it fails
 */
async function replayed<Client>(
  token: Replay,
  options: ExplorationOptions<Client>,
  subject: Subject,
): Promise<string> {
  const played = await replay(token, options);
  const said = replayedText(played);
  const { trace, failure, now, again } = played;
  if (!failure && trace.ending.kind === "ended") return said;
  const tally = new Tally();
  tally.add(played);
  const report: Exploration = {
    ...tally.counts(false),
    operations: token.operations,
    schedules: 1,
    pruned: 0,
    complete: false,
    proof: false,
    doubt: { kind: "failed" },
    seed: undefined,
    diverged: 0,
  };
  if (!failure) {
    const gaveUp = { count: 1, trace };
    throw new NoVerdict(noVerdictText(subject, gaveUp), { ...report, gaveUp });
  }
  const found = {
    ...failure,
    foundAfter: 1,
    found: trace,
    shrunkIn: 0,
    smallest: trace,
    expected: now,
    again,
  };
  const text = failureText(subject, found, said);
  throw new RaceFound(text, { ...report, failure: found }, tokenOf(subject, found));
}
