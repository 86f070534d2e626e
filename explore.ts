import type { Backend, Isolation } from "./backends/backend.ts";
import { noVerdictText } from "./reports/no-verdict.ts";
import {
  countsText,
  failureText,
  programFailedText,
  type Subject,
  tokenOf,
} from "./reports/report.ts";
import { successText } from "./reports/success.ts";
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
  readonly shared_connection?: boolean;
  /** Schedules side by side, each with its own key. Default 4; 1 when `run` touches more than its key. */
  readonly lanes?: number;
  /**
   * How long a client may be busy outside the database (a slow call elsewhere), or without an answer, while
   * nobody else can go, in milliseconds. Then the schedule is given up, which is no verdict. Default 2,000;
   * in a replay there is no limit.
   */
  readonly busyLimitMs?: number;
  /** At most so many steps in a schedule; one that is longer is given up, which is no verdict. Default 1,000. */
  readonly stepLimit?: number;
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
  const exhaustive = options.exhaustive ?? clients * operations === 2;
  const exploration: ExplorationOptions<Client> = {
    ...options,
    program: programOf(options),
    name,
    clients,
    search: exhaustive ? "exhaustive" : "random",
    ...(options.busyLimitMs === undefined ? {} : { busy_limit_ms: options.busyLimitMs }),
    ...(options.stepLimit === undefined ? {} : { step_limit: options.stepLimit }),
  };
  const token = process.env[replay_variable];
  const wanted = token === undefined || token === "" ? undefined : readToken(token);
  if (wanted?.program === name) return replayed(wanted, exploration, subject);

  const result = await exploreSchedules(exploration);
  const { failure } = result;
  if (failure && needsNoRace(failure)) {
    const { error } = failure;
    const cause = error instanceof OperationFailed ? error.cause : error;
    throw new ProgramFailed(programFailedText(subject, failure), { cause });
  }
  if (!failure && result.gave_up)
    throw new NoVerdict(noVerdictText(subject, result.gave_up), result);
  const ended = (failure?.found.ending.kind ?? "ended") === "ended";
  if (result.racing < 2 && ended) {
    const cause = failure?.error;
    throw new Error(`${name}: ${nothing_raced}`, cause === undefined ? {} : { cause });
  }
  if (failure) {
    const text = failureText(subject, failure, countsText(result, failure));
    throw new RaceFound(text, result, tokenOf(subject, failure));
  }
  return { ...result, text: successText(subject, result) };
}

/** An operation throws also where the clients go one after the other, and nothing goes wrong around them. */
function needsNoRace({ error, smallest }: FoundFailure): boolean {
  const { choices, faults, polled, stood_still } = smallest;
  const is_serial = contextSwitches(choices) === 0 && !polled && !stood_still;
  return error instanceof OperationFailed && is_serial && faults.length === 0;
}

function mustHaveFunctions(options: object): void {
  const { name, ...given } = options as Record<string, unknown>;
  for (const needed of ["setup", "run", "check"]) {
    if (typeof given[needed] !== "function")
      throw new BadOptions(`${String(name)}: \`${needed}\` is missing; it must be a function.`);
  }
}

const nothing_raced =
  "fewer than two clients took a step, so nothing could race; `run` must use the client that it is given.";

function programOf<Client>(options: ExploreOptions<Client>): Program<Client> {
  const { operation, shared_connection } = options;
  return {
    setup: async (client, key) => void (await options.setup(client, key)),
    run: (client, around) => options.run(client, around),
    async check(client, outcome) {
      mustBeExpected(outcome, options);
      return options.check(client, outcome);
    },
    ...(options.didNotHappen ? { didNotHappen: options.didNotHappen.bind(options) } : {}),
    ...(operation ? { operation } : {}),
    ...(shared_connection ? { shared_connection } : {}),
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

async function replayed<Client>(
  token: Replay,
  options: ExplorationOptions<Client>,
  subject: Subject,
): Promise<Report> {
  const played = await replay(token, options);
  const tally = new Tally();
  tally.add(played);
  const report: Exploration = {
    ...tally.counts(false),
    operations: token.operations,
    schedules: 1,
    pruned: 0,
    complete: false,
    proof: false,
    seed: undefined,
    diverged: 0,
  };
  const verdict = played.same
    ? "the same thing happened as when the token was made"
    : "something else happened than when the token was made";
  const remarks = `Replayed: ${verdict}.${played.warning ? ` ${played.warning}` : ""}`;
  const { trace } = played;
  if (!played.failure && trace.ending.kind !== "ended") {
    const gave_up = { count: 1, trace };
    throw new NoVerdict(noVerdictText(subject, gave_up), { ...report, gave_up });
  }
  if (!played.failure) return { ...report, text: `${subject.name}: no failure. ${remarks}` };
  const found = {
    ...played.failure,
    found_after: 1,
    found: trace,
    shrunk_in: 0,
    smallest: trace,
    again: { runs: 0, failed: 0 },
  };
  const text = failureText(subject, found, remarks);
  throw new RaceFound(text, { ...report, failure: found }, tokenOf(subject, found));
}
