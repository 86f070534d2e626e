import type { Backend, Isolation } from "./backends/backend.ts";
import { noVerdictText } from "./reports/no-verdict.ts";
import { Progress } from "./reports/progress.ts";
import { replayedText } from "./reports/replayed.ts";
import {
  countsText,
  failureText,
  programFailedText,
  type Subject,
  tokenOf,
} from "./reports/report.ts";
import { successText, timeIsUpText } from "./reports/success.ts";
import { BadOptions, mustMakeSense } from "./schedules/bad-options.ts";
import {
  type Exploration,
  type ExplorationOptions,
  exploreSchedules,
  type FoundFailure,
} from "./schedules/exploration.ts";
import {
  type Around,
  OperationFailed,
  type OperationNames,
  type Outcome,
  type Program,
} from "./schedules/program.ts";
import { contextSwitches, type Fault } from "./schedules/schedule.ts";
import { replay } from "./schedules/search/replay.ts";
import { Tally } from "./schedules/tally.ts";
import { type Replay, readToken } from "./schedules/token.ts";
import { testTime } from "./test-runner.ts";

/** A program of your own and how to explore it. */
export interface ExploreOptions<Client> {
  /** Names it in messages and tokens: different for each call in a test suite. */
  readonly name: string;
  readonly backend: Backend<Client>;
  /** At least 2. Default 2. */
  readonly clients?: number;
  /** Each client, one after the other. Default 1. */
  readonly operations?: number;
  readonly isolation?: Isolation;
  /** Puts the data that `key` names in its first state; runs before every schedule. */
  setup(client: Client, key: string): Promise<unknown>;
  /** One operation: your own code, on the client that it is given. Every round trip is a step. */
  run(client: Client, around: Around<Client>): Promise<unknown>;
  /** Reads the final state; throws or answers false when it is wrong. */
  check(client: Client, outcome: Outcome): Promise<unknown>;
  /**
   * Which errors of `run` are no failure. Default none; an error from a lost reply never is. What became of
   * the operation is still what the database knows; see `didNotHappen`. `isRetryable` can stand here.
   */
  expectedError?(error: unknown): boolean;
  /**
   * Which errors of `run` are no failure and mean that the operation certainly changed nothing: a domain
   * error of your own ("sold out") that is thrown before anything is written, or after a rollback. The
   * history then says `fail`. Default none: an error that the database does not know counts as `info`
   * (perhaps it happened).
   *
   * @example didNotHappen: (error) => error instanceof SoldOut
   */
  didNotHappen?(error: unknown): boolean;
  /** How the recorded history calls an operation. Default `run` with input null. */
  readonly operation?: OperationNames;
  /**
   * Every interleaving instead of random ones. Default: for 2 clients with 1 operation each.
   */
  readonly exhaustive?: boolean;
  /** At most so many. Default 20,000 for an exhaustive search, 200 for a random one. */
  readonly schedules?: number;
  /** Of a random search. Default 1. */
  readonly seed?: number;
  /** Also with one fault at every step (exhaustive), or at a random one. */
  readonly faults?: readonly Fault["kind"][];
  /** Makes the lock around `key` expire now; for the fault `expire`. */
  expire?(client: Client, key: string): Promise<void>;
  /** All clients use one connection. */
  readonly sharedConnection?: boolean;
  /**
   * At most so many schedules side by side, each in a copy of the backend's database. Default 4. A search begins
   * with one, and stays with one where no copy can be made: while a session of this backend is open elsewhere,
   * on Redis and DynamoDB, and in MySQL where there are triggers, views or routines.
   */
  readonly lanes?: number;
  /**
   * How long a client may be busy outside the database (a slow call elsewhere), or without an answer, while
   * nobody else can go, in milliseconds. Then the schedule is given up, which is no verdict. Default 2,000;
   * in a replay there is no limit.
   */
  readonly busyLimitMs?: number;
  /** At most so many steps in a schedule; one that is longer is given up, which is no verdict. Default 1,000. */
  readonly stepLimit?: number;
  /**
   * `"proof"`: throws NoProof when no schedule failed, but the search did not end in a proof either; makes
   * `exhaustive` the default. Default: a search that is cut short, or made at random, passes.
   */
  readonly require?: "proof";
  /**
   * In milliseconds: no schedule begins later, and `text` says how far it got. Default none; under vitest nine
   * tenths of the test's own limit, and then NoProof is thrown, as the test would have failed without a word.
   * vitest and Jest end a test after 5 s, mocha after 2 s, node:test never: give a test that explores a minute.
   */
  readonly timeLimitMs?: number;
}

/** Schedules could not be taken to their end, and no other failed: nothing is known, neither race nor proof. */
export class NoVerdict extends Error {
  override readonly name = "NoVerdict";
  readonly exploration: Exploration;

  constructor(message: string, exploration: Exploration) {
    super(message);
    this.exploration = exploration;
  }
}

/** Schedules that were run, and the sentence that says what they show. */
export interface Report extends Exploration {
  readonly text: string;
}

/** The smallest failing interleaving, drawn and explained in the message. */
export class RaceFound extends Error {
  readonly exploration: Exploration;
  readonly token: string;

  constructor(message: string, exploration: Exploration, token: string) {
    const { failure } = exploration;
    super(message, failure && "error" in failure ? { cause: failure.error } : {});
    this.name = "RaceFound";
    this.exploration = exploration;
    this.token = token;
  }
}

/** Nothing failed, but a proof was required, or the test's time was over before the search was. */
export class NoProof extends Error {
  override readonly name = "NoProof";
  readonly report: Report;

  constructor(message: string, report: Report) {
    super(message);
    this.report = report;
  }
}

/** The program fails also when its clients go one after the other: no race is needed. Its error is the `cause`. */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
}

/** The environment variable whose token makes `explore` run that one schedule instead of all. */
export const replay_variable = "RACEPROOF_REPLAY";

/**
 * Runs your own code on real driver clients under many interleavings and checks the final state of each.
 *
 * @example
 * import { connectRedis, explore, startServer } from "raceproof";
 *
 * const server = await startServer("redis");
 * const redis = await connectRedis(server);
 * const exploring = explore({
 *   name: "visits",
 *   backend: redis,
 *   setup: (db, key) => db.set(key, 0),
 *   async run(db, { key }) {
 *     const visits = Number(await db.get(key));
 *     await db.set(key, visits + 1);
 *   },
 *   async check(db, { key }) {
 *     const visits = await db.get(key);
 *     if (visits !== "2") throw new Error(`counted ${visits} of 2`);
 *   },
 * });
 * const found = await exploring.catch((error) => error);
 * console.log(found.name); // RaceFound
 * await redis[Symbol.asyncDispose]();
 * await server[Symbol.asyncDispose]();
 *
 * @returns what was run, when nothing failed
 * @throws RaceFound with the smallest failing interleaving: table, sentence, counts, seed, and a token that
 *   replays it (RACEPROOF_REPLAY=token)
 * @throws ProgramFailed when `run` throws also without a race
 * @throws NoVerdict when a client was busy for too long, or a schedule did not end
 * @throws BadOptions in one sentence
 * @throws SetupFailed when `setup` throws
 * @throws NoProof when `require` asks for one, or the time of the test is over
 * @throws Error when there was nothing to race: fewer than two clients took a step
 */
export async function explore<Client>(options: ExploreOptions<Client>): Promise<Report> {
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
  const exploration: ExplorationOptions<Client> = {
    ...options,
    program: programOf(options),
    name,
    clients,
    search: exhaustive ? "exhaustive" : "random",
    ...(options.busyLimitMs === undefined ? {} : { busy_limit_ms: options.busyLimitMs }),
    ...(options.stepLimit === undefined ? {} : { step_limit: options.stepLimit }),
    time_limit_ms: options.timeLimitMs ?? test?.left_ms,
    progress: (schedules) => progress.show(schedules),
  };
  const token = process.env[replay_variable];
  const wanted = token === undefined || token === "" ? undefined : readToken(token);
  const remark =
    wanted?.program === name ? `${await replayed(wanted, exploration, subject)}\n\n` : "";

  const result = await exploreSchedules(exploration).finally(() => progress.clear());
  const { failure } = result;
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
  if (failure) {
    const text = remark + failureText(subject, failure, countsText(result, failure));
    throw new RaceFound(text, result, tokenOf(subject, failure));
  }
  const report = { ...result, text: remark + successText(subject, result) };
  if (test && time_is_up) throw new NoProof(`${report.text} ${timeIsUpText(test)}`, report);
  const nothing_seen = time_is_up && result.racing < 2;
  if ((needs_proof && !report.proof) || nothing_seen) throw new NoProof(report.text, report);
  return report;
}

/** An operation throws also where the clients go one after the other, and nothing goes wrong around them. */
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
  for (const needed of ["setup", "run", "check"]) {
    if (typeof given[needed] !== "function")
      throw new BadOptions(`${String(name)}: \`${needed}\` is missing; it must be a function.`);
  }
}

const nothing_raced =
  "fewer than two clients took a step, so nothing could race; `run` must use the client that it is given.";

function programOf<Client>(options: ExploreOptions<Client>): Program<Client> {
  const { operation, sharedConnection } = options;
  return {
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

/** An operation that throws is a failure of its own, in the class of its code. */
function mustBeExpected(
  { trace }: Outcome,
  options: Pick<ExploreOptions<never>, "expectedError" | "didNotHappen">,
): void {
  for (const { client, operation, status, error, code = "error" } of trace.results) {
    if (status === "ok" || status === "open") continue;
    if (options.expectedError?.(error) || options.didNotHappen?.(error)) continue;
    const from_fault = trace.steps.some(
      (step) =>
        step.client === client && step.operation === operation && step.fault === "lose reply",
    );
    if (from_fault && status === "info") continue;
    throw new OperationFailed(client, code, error);
  }
}

/**
 * Runs the schedule of a token again.
 * @returns a sentence about it, when nothing failed: then it says too little, and all has to be explored
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
