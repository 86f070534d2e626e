import { now_ms } from "../backends/real-time.ts";
import { SerialOracle, type Trouble } from "../oracle/oracle.ts";
import { behindSeveralDoors } from "../repairs/behind-doors.ts";
import type { TriedRepair } from "../repairs/repair.ts";
import { tryRepairs } from "../repairs/try-repairs.ts";
import type { Workshop } from "../repairs/workshop.ts";
import { coverageList } from "../reports/coverage.ts";
import { in_flags } from "../reports/names.ts";
import { noVerdictText } from "../reports/no-verdict.ts";
import { addToPage } from "../reports/page/gathered.ts";
import { repairsText } from "../reports/repairs.ts";
import { countsText, failureText, type Subject, tokenOf } from "../reports/report.ts";
import { serialText, successText } from "../reports/success.ts";
import { troubleText } from "../reports/trouble.ts";
import type { MakeOfSeveral } from "../schedules/doors/several-doors.ts";
import {
  type Exploration,
  type ExplorationOptions,
  exploreSchedules,
  type FoundFailure,
} from "../schedules/exploration.ts";
import { sizeOf } from "../schedules/options.ts";
import { OperationFailed } from "../schedules/program.ts";
import type { Played } from "../schedules/run/lane.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import type { Turn } from "../schedules/schedule.ts";
import { pickFrom } from "../schedules/search/search.ts";
import type { Trace } from "../schedules/trace.ts";
import { appClients } from "./app-client.ts";
import { type Abandoned, processClients } from "./client.ts";
import type { RaceOptions, RaceResult } from "./options.ts";
import { lastLines } from "./process-failed.ts";
import { Processes } from "./processes.ts";
import { type RaceClient, raceProgram } from "./program.ts";
import { instancesText, needsNoRaceText, nothingRacedText } from "./texts.ts";

const patience_default_ms = 5_000;
/** More lanes side by side would only wait for processors. */
const lanes_max = 2;

/** Everything that a race needs while it runs: its processes, and the outcomes of its serial orders. */
export class Scene implements AsyncDisposable {
  readonly exploration: ExplorationOptions<RaceClient>;
  readonly #options: RaceOptions;
  readonly #processes: Processes;
  /** Present only without checks: then the serial orders say what is right. */
  readonly #oracle: SerialOracle<RaceClient> | undefined;
  readonly #workshops: readonly Workshop<RaceClient>[];
  readonly #began_ms = now_ms();
  #abandoned: Abandoned[] = [];
  #has_survivors = false;

  private constructor(options: RaceOptions, processes: Processes) {
    this.#options = options;
    this.#processes = processes;
    const { clients, operations, isolation, schedules, seed, time_limit_ms } = options;
    const { app } = options;
    const abandoned = (one: Abandoned): void => this.#abandon(one);
    const survived = (): void => void (this.#has_survivors = true);
    const own = { ...options, processes, abandoned, survived };
    const make: MakeOfSeveral<RaceClient> = app
      ? appClients({ ...own, ...app })
      : processClients(own);
    const program = raceProgram(options, (app?.requests.length ?? 1) === 1);
    if (options.check.length === 0)
      this.#oracle = new SerialOracle(program, {
        ignore: options.ignore,
        verb: app ? "answered" : "printed",
        learns_from: "first",
      });
    const { backend, workshops } = behindSeveralDoors(
      Object.fromEntries(options.databases.map(({ kind, backend }) => [kind, backend])),
      make,
    );
    this.#workshops = workshops.map((workshop) => ({ ...workshop, ...(app ? slow : own_ends) }));
    this.exploration = {
      backend,
      program: this.#oracle?.program ?? program,
      name: options.name,
      // What an app does first, after it has started, is not counted.
      own_database: app !== undefined,
      clients,
      operations,
      search: clients * operations === 2 ? "exhaustive" : "random",
      lanes: lanes_max,
      isolation,
      faults: options.faults,
      example: options.report !== undefined,
      patience_ms: options.patience_ms ?? patience_default_ms,
      busy_limit_ms: options.busy_limit_ms,
      time_limit_ms,
      signal: options.signal,
      progress: options.progress,
      ...(schedules === undefined ? {} : { schedules }),
      ...(seed === undefined ? {} : { seed }),
    };
  }

  static async open(options: RaceOptions): Promise<Scene> {
    return new Scene(options, await Processes.open(options.signal));
  }

  /**
   * Runs the clients one after the other: a program must work without a race before it can race. Without checks, they
   * run in every order, and in the first one twice.
   * @returns why it makes no sense to go on
   */
  async rehearse(): Promise<string | undefined> {
    if (this.#oracle) {
      const trouble = await this.#oracle.rehearse(this.exploration);
      return trouble && this.#inWords(trouble);
    }
    const size = sizeOf(this.#options);
    await using lane = newLane(this.exploration);
    const play = () =>
      lane.play({ operations: size, in_turn: inTurn(size), pick: pickFrom([]), faults: [] });
    let played = await play();
    if (played.failure) played = await play();
    return this.#troubleOf(played);
  }

  #troubleOf({ trace, failure }: Played): string | undefined {
    const subject = this.#subject();
    if (trace.ending.kind !== "ended") return this.#withoutEnd(trace);
    const is_own = failure !== undefined && !(failure.error instanceof OperationFailed);
    if (is_own && trace.steps.length === 0) return nothingRacedText(subject, trace);
    if (failure) return needsNoRaceText(subject, { ...failure, smallest: trace });
    const racing = new Set(trace.steps.map(({ client }) => client)).size;
    return racing < 2 ? nothingRacedText(subject, trace) : undefined;
  }

  #inWords(trouble: Trouble): string {
    const subject = this.#subject();
    if (trouble.kind === "without an end") return this.#withoutEnd(trouble.trace);
    if (trouble.kind === "nothing raced") return nothingRacedText(subject);
    if (trouble.kind === "fails")
      return needsNoRaceText(subject, { ...trouble, message: "", smallest: trouble.trace });
    return troubleText(subject, trouble);
  }

  #withoutEnd(trace: Trace): string {
    return noVerdictText(this.#subject(), { count: 1, trace }) + this.#lastWords();
  }

  async explore(): Promise<Exploration> {
    const found = await (this.#oracle
      ? this.#oracle.explore(this.exploration)
      : exploreSchedules(this.exploration));
    if (!found.proof || !this.#has_survivors) return found;
    return { ...found, proof: false, doubt: { kind: "survivors" } };
  }

  /** The verdict of an exploration, in words. */
  async conclude(result: Exploration): Promise<Omit<RaceResult, "exploration">> {
    const { failure, gaveUp } = result;
    const subject = this.#subject();
    if (
      failure &&
      this.#oracle &&
      failure.smallest.ending.kind === "ended" &&
      !(await this.#oracle.stillFails(this.exploration, failure.smallest))
    )
      return { kind: "cannot", text: troubleText(subject, { kind: "of its time" }) };
    if (failure) {
      const tried = await this.#tryRepairs(failure);
      const repairs = tried.length > 0 ? `\n\n${repairsText(tried, failure)}` : "";
      const text = failureText(subject, failure, countsText(result, failure)) + repairs;
      const more = this.#instances() + (await this.#draw(subject, result, tried));
      const token = tokenOf(subject, failure);
      return { kind: "race", text: text + more, token, ...(repairs ? { repairs: tried } : {}) };
    }
    if (gaveUp) return { kind: "cannot", text: noVerdictText(subject, gaveUp) + this.#lastWords() };
    if (result.racing < 2) return { kind: "cannot", text: nothingRacedText(subject) };
    const basis = this.#oracle ? ` ${serialText(this.#oracle)}` : "";
    const covered = this.#options.race_coverage ? `\n\n${coverageList(result.coverage)}` : "";
    const more = covered + this.#instances() + (await this.#draw(subject, result));
    return { kind: "none found", text: successText(subject, result) + basis + more };
  }

  async #tryRepairs(failure: FoundFailure): Promise<readonly TriedRepair[]> {
    const { repairs, time_limit_ms, signal } = this.#options;
    const oracle = this.#oracle;
    if (!repairs) return [];
    const tried = await tryRepairs({
      workshops: this.#workshops,
      exploration: this.exploration,
      failure,
      retries: !oracle,
      explore: oracle ? (one) => oracle.explore(one) : exploreSchedules,
      took_ms: now_ms() - this.#began_ms,
      until_ms: time_limit_ms === undefined ? undefined : this.#began_ms + time_limit_ms,
    });
    signal.throwIfAborted();
    return tried;
  }

  /** If the page cannot be drawn, the verdict is still reported. @returns the sentence about the page */
  async #draw(
    subject: Subject,
    result: Exploration,
    tried: readonly TriedRepair[] = [],
  ): Promise<string> {
    const { report } = this.#options;
    if (report === undefined) return "";
    try {
      return `\n\nOpen ${await addToPage(report, subject, result, tried)}`;
    } catch (error) {
      return `\n\nThe page in ${report} could not be drawn: ${String(error)}`;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#processes[Symbol.asyncDispose]();
  }

  #abandon(one: Abandoned): void {
    if (this.#abandoned.every(({ client }) => client !== one.client)) this.#abandoned.push(one);
  }

  #lastWords(): string {
    return this.#abandoned
      .filter(({ stderr }) => stderr.trim() !== "")
      .map(({ client, stderr }) => `\n\nclient ${client} had written:\n${lastLines(stderr)}`)
      .join("");
  }

  #instances(): string {
    const { app, clients } = this.#options;
    return app ? `\n\n${instancesText(app, clients)}` : "";
  }

  #subject(): Subject {
    const { name, isolation, replayCommand } = this.#options;
    return { name, backend: this.exploration.backend, isolation, replayCommand, names: in_flags };
  }
}

/** A load would only measure how long processes and requests take. */
const slow = { measures: false } as const;
const own_ends = { ...slow, cannot_wrap: "a process ends its connection before a COMMIT" } as const;

/** Each client does all of its operations before the next one begins. */
const inTurn = (operations: readonly number[]): Turn[] =>
  operations.flatMap((count, i) =>
    Array.from({ length: count }, (_, n) => ({ client: i + 1, operation: n + 1 })),
  );
