/** What an exploration was asked for, with all defaults filled in. */
import { now_ms } from "../backends/real-time.ts";
import type { SerialOracle } from "../oracle/oracle.ts";
import { Progress } from "../reports/progress.ts";
import type { Subject } from "../reports/report.ts";
import { BadOptions, mustBeFunctions, mustMakeSense } from "../schedules/bad-options.ts";
import type { ExplorationOptions } from "../schedules/exploration.ts";
import type { ExploreOptions } from "./explore-options.ts";
import { oracleOf, programOf, type SerialWish } from "./judged-program.ts";
import { testTime } from "./test-runner.ts";

/** The environment variable whose token makes `explore` run that one schedule instead of all. */
export const replay_variable = "RACEPROOF_REPLAY";

/** What a program has that brings its own database. */
export interface OwnDatabase<Client> {
  /** Present if the serial orders say what is right. */
  readonly serial: SerialWish<Client> | undefined;
}

export interface Asked<Client> {
  readonly subject: Subject;
  readonly exploration: ExplorationOptions<Client>;
  /** Present if the serial orders say what is right. */
  readonly oracle: SerialOracle<Client> | undefined;
  readonly needs_proof: boolean;
  /** The test that runs this, if it sets the time limit. */
  readonly test: ReturnType<typeof testTime>;
  readonly progress: Progress;
  readonly began_ms: number;
  /** By `now_ms`. */
  readonly until_ms: number | undefined;
}

/** @throws BadOptions */
export function askedFor<Client>(
  options: ExploreOptions<Client>,
  own: OwnDatabase<Client> | undefined,
): Asked<Client> {
  const { name, backend, clients = 2, operations = 1, isolation } = options;
  mustMakeSense(options, options.expire !== undefined, 2);
  mustHaveFunctions(options);
  const needs_proof = options.require === "proof";
  const exhaustive = options.exhaustive ?? (needs_proof || clients * operations === 2);
  const test = options.timeLimitMs === undefined ? testTime() : undefined;
  const progress = new Progress(name);
  const oracle = own?.serial && oracleOf(options, own.serial);
  const began_ms = now_ms();
  const time_limit_ms = options.timeLimitMs ?? test?.left_ms;
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
    example: reportFolder(options) !== undefined,
    progress: (schedules) => progress.show(schedules),
  };
  const replayCommand = (token: string): string => `${replay_variable}='${token}' npm test`;
  return {
    subject: { name, backend, isolation, replayCommand },
    exploration,
    oracle,
    needs_proof,
    test,
    progress,
    began_ms,
    until_ms: time_limit_ms === undefined ? undefined : began_ms + time_limit_ms,
  };
}

/** The environment variable that names the folder for the page. */
const report_variable = "RACEPROOF_REPORT";

/** Where the page goes that shows what was found; undefined = there is none. */
export const reportFolder = ({ report }: { readonly report?: string }): string | undefined =>
  (report ?? process.env[report_variable]) || undefined;

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
