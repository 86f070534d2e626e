/** One program, from the first schedule to the verdict. */

import { now_ms } from "../backends/real-time.ts";
import type { Trouble } from "../oracle/oracle.ts";
import type { TriedRepair } from "../repairs/repair.ts";
import { tryRepairs } from "../repairs/try-repairs.ts";
import type { Workshop } from "../repairs/workshop.ts";
import { noVerdictText } from "../reports/no-verdict.ts";
import { addToPage } from "../reports/page/gathered.ts";
import { repairsText } from "../reports/repairs.ts";
import {
  countsText,
  failureText,
  programFailedText,
  type Subject,
  tokenOf,
} from "../reports/report.ts";
import { allowedText, serialText, successText, timeIsUpText } from "../reports/success.ts";
import { troubleText } from "../reports/trouble.ts";
import { type Exploration, exploreSchedules, type FoundFailure } from "../schedules/exploration.ts";
import { OperationFailed } from "../schedules/program.ts";
import { contextSwitches } from "../schedules/schedule.ts";
import { readToken } from "../schedules/token.ts";
import {
  type Asked,
  askedFor,
  type OwnDatabase,
  replay_variable,
  reportFolder,
} from "./asked-exploration.ts";
import type { ExploreOptions } from "./explore-options.ts";
import {
  NoProof,
  NotDeterministic,
  NothingRaced,
  NoVerdict,
  ProgramFailed,
  RaceFound,
  type Report,
} from "./explore-results.ts";
import { replayed } from "./replayed.ts";

/** A program's own database, and where repairs are tried on it. */
export interface Own<Client> extends OwnDatabase<Client> {
  readonly workshops?: readonly Workshop<Client>[];
}

/** @param own present if the program has its own database */
export async function exploreOne<Client>(
  options: ExploreOptions<Client>,
  own?: Own<Client>,
): Promise<Report> {
  const asked = askedFor(options, own);
  const { exploration, oracle, subject, progress } = asked;
  if (oracle) mustBeOrdered(await oracle.rehearse(exploration), subject);
  const token = process.env[replay_variable];
  const wanted = token === undefined || token === "" ? undefined : readToken(token);
  const remark =
    wanted?.program === options.name ? `${await replayed(wanted, exploration, subject)}\n\n` : "";

  const searching = oracle ? oracle.explore(exploration) : exploreSchedules(exploration);
  const result = await searching.finally(() => progress.clear());
  await mustHaveRaced(result, asked);
  const race = result.failure && (await raceOf(result.failure, { result, asked, remark, own }));
  await addToReport(reportFolder(options), subject, result, race?.repairs);
  if (race) throw race;
  return reportOf(result, asked, remark);
}

/** @throws what says that the schedules show neither a race nor that there is none */
async function mustHaveRaced<Client>(
  result: Exploration,
  { exploration, oracle, subject }: Asked<Client>,
): Promise<void> {
  const { failure } = result;
  if (oracle && failure?.smallest.ending.kind === "ended") {
    const fails = await oracle.stillFails(exploration, failure.smallest);
    if (!fails) throw new NotDeterministic(troubleText(subject, { kind: "of its time" }));
  }
  if (failure && needsNoRace(failure)) {
    const { error } = failure;
    const cause = error instanceof OperationFailed ? error.cause : error;
    throw new ProgramFailed(programFailedText(subject, failure), { cause });
  }
  if (!failure && result.gaveUp) throw new NoVerdict(noVerdictText(subject, result.gaveUp), result);
  const ended = (failure?.found.ending.kind ?? "ended") === "ended";
  if (result.racing < 2 && ended && !isTimeUp(result)) {
    const cause = failure?.error;
    const text = `${subject.name}: ${nothing_raced}`;
    throw new Error(text, cause === undefined ? {} : { cause });
  }
}

interface Around<Client> {
  readonly result: Exploration;
  readonly asked: Asked<Client>;
  readonly remark: string;
  readonly own: Own<Client> | undefined;
}

/** The race, with the repairs that were tried. */
async function raceOf<Client>(
  failure: FoundFailure,
  { result, asked, remark, own }: Around<Client>,
): Promise<RaceFound> {
  const { subject, exploration, oracle, began_ms, until_ms } = asked;
  const allowed = result.allowed ? ` ${allowedText(result.allowed)}` : "";
  const text = remark + failureText(subject, failure, countsText(result, failure) + allowed);
  const tried = own?.workshops
    ? await tryRepairs({
        workshops: own.workshops,
        exploration,
        failure,
        retries: !oracle,
        explore: oracle ? (one) => oracle.explore(one) : exploreSchedules,
        until_ms,
        took_ms: now_ms() - began_ms,
      })
    : [];
  const repairs = tried.length > 0 ? `\n\n${repairsText(tried, failure)}` : "";
  return new RaceFound(text + repairs, result, tokenOf(subject, failure), tried);
}

/** @throws NoProof */
function reportOf<Client>(
  result: Exploration,
  { subject, oracle, test, needs_proof }: Asked<Client>,
  remark: string,
): Report {
  const basis = oracle ? ` ${serialText(oracle)}` : "";
  const report = { ...result, text: remark + successText(subject, result) + basis };
  const time_is_up = isTimeUp(result);
  if (test && time_is_up) throw new NoProof(`${report.text} ${timeIsUpText(test)}`, report);
  const nothing_seen = time_is_up && result.racing < 2;
  if ((needs_proof && !report.proof) || nothing_seen) throw new NoProof(report.text, report);
  return report;
}

const isTimeUp = ({ doubt }: Exploration): boolean =>
  doubt?.kind === "cut short" && doubt.by === "time";

/** If the page cannot be drawn, the verdict is still reported. */
async function addToReport(
  folder: string | undefined,
  subject: Subject,
  result: Exploration,
  tried: readonly TriedRepair[] = [],
): Promise<void> {
  if (folder === undefined) return;
  try {
    await addToPage(folder, subject, result, tried);
  } catch (error) {
    console.warn(`raceproof: the page in ${folder} could not be drawn: ${String(error)}`);
  }
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
      throw new NotDeterministic(troubleText(subject, trouble));
  }
}

/** Whether an operation throws even when the clients go one after the other, without a fault. */
function needsNoRace({ error, smallest }: FoundFailure): boolean {
  const { choices, faults, polled, stoodStill } = smallest;
  const is_serial = contextSwitches(choices) === 0 && !polled && !stoodStill;
  return error instanceof OperationFailed && is_serial && faults.length === 0;
}

const nothing_raced =
  "fewer than two clients took a step, so nothing could race; `run` must use the client that it is given.";
