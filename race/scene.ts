import { noVerdictText } from "../reports/no-verdict.ts";
import { countsText, failureText, type Subject, tokenOf } from "../reports/report.ts";
import { successText } from "../reports/success.ts";
import { throughSeveralDoors } from "../schedules/doors/several-doors.ts";
import type { Exploration, ExplorationOptions } from "../schedules/exploration.ts";
import { OperationFailed, type Outcome } from "../schedules/program.ts";
import type { Played } from "../schedules/run/lane.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import type { ServerKind } from "../servers/server.ts";
import { type Abandoned, type ProcessClient, processClients } from "./client.ts";
import type { RaceOptions, RaceResult } from "./options.ts";
import { lastLines } from "./process-failed.ts";
import { Processes } from "./processes.ts";
import { processProgram } from "./program.ts";
import { inOrder, SerialOutcomes, serialOrders } from "./serial.ts";
import { needsNoRaceText, nothingRacedText, tooManyOrdersText, unsteadyText } from "./texts.ts";

const patience_default_ms = 5_000;
/** More side by side would only wait for processors. */
const lanes_max = 2;

/** Everything that a race needs while it runs: its processes, and what they did one after the other. */
export class Scene implements AsyncDisposable {
  readonly exploration: ExplorationOptions<ProcessClient>;
  readonly #options: RaceOptions;
  readonly #processes: Processes;
  readonly #serial = new SerialOutcomes();
  #abandoned: Abandoned[] = [];
  /** The order in which the clients go, before the search begins. */
  #rehearsed: readonly number[] | undefined;
  #unsteady: string | undefined;

  private constructor(options: RaceOptions, processes: Processes) {
    this.#options = options;
    this.#processes = processes;
    const { clients, operations, isolation, schedules, seed, time_limit_ms } = options;
    const make = processClients({
      ...options,
      processes,
      abandoned: (one) => this.#abandon(one),
    });
    this.exploration = {
      backend: throughSeveralDoors(
        Object.fromEntries(options.databases.map(({ kind, backend }) => [kind, backend])),
        make,
      ),
      program: processProgram(options, (outcome, client) => this.#judge(outcome, client)),
      name: options.name,
      clients,
      operations,
      search: clients * operations === 2 ? "exhaustive" : "random",
      lanes: lanes_max,
      isolation,
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
   * First the clients go one after the other: a program must work by itself before it can race. Where nobody says
   * what is right, they go in every order, and in the first one twice.
   * @returns why it makes no sense to go on
   */
  async rehearse(): Promise<string | undefined> {
    const { clients, operations, check } = this.#options;
    const size = Array.from({ length: clients }, () => operations);
    const all = serialOrders(size);
    const subject = this.#subject();
    if (all === undefined && check.length === 0) return tooManyOrdersText(subject);
    const [first = []] = all ?? [inTurn(size)];
    const orders = check.length > 0 ? [first] : [first, ...all!];
    await using lane = newLane(this.exploration);
    for (const order of orders) {
      this.#rehearsed = order;
      const play = () => lane.play({ operations: size, pick: inOrder(order), faults: [] });
      let played = await play();
      if (played.failure) played = await play();
      const trouble = this.#troubleOf(played, order === first);
      if (trouble !== undefined) return trouble;
    }
    this.#rehearsed = undefined;
    return undefined;
  }

  #troubleOf({ trace, failure }: Played, is_first: boolean): string | undefined {
    const subject = this.#subject();
    if (trace.ending.kind !== "ended")
      return noVerdictText(subject, { count: 1, trace }) + this.#lastWords();
    const [first] = trace.results;
    const is_own = failure !== undefined && !(failure.error instanceof OperationFailed);
    if (is_own && trace.steps.length === 0) return nothingRacedText(subject);
    if (failure) return needsNoRaceText(subject, { ...failure, smallest: trace });
    if (is_first && first?.status !== "ok" && first?.code !== undefined) {
      const error = new OperationFailed(first.client, first.code, first.error);
      return needsNoRaceText(subject, { message: "", error, smallest: trace });
    }
    if (new Set(trace.steps.map(({ client }) => client)).size < 2) return nothingRacedText(subject);
    return this.#unsteady === undefined ? undefined : unsteadyText(subject, this.#unsteady);
  }

  async #judge(outcome: Outcome, client: ProcessClient): Promise<void> {
    // Contents of several databases are told with the database's name.
    const show = async (what: string): Promise<string> => {
      const [, name = what, kind = ""] = /^(.*) of (\w+)$/.exec(what) ?? [];
      return (await client.speaker(kind as ServerKind)).show(name);
    };
    if (this.#rehearsed === undefined) return this.#serial.judge(outcome, show);
    this.#unsteady ??= await this.#serial.add(this.#rehearsed, outcome, show);
  }

  /** What an exploration says. */
  conclude(result: Exploration): Omit<RaceResult, "exploration"> {
    const { failure, gaveUp } = result;
    const subject = this.#subject();
    if (failure) {
      const text = failureText(subject, failure, countsText(result, failure));
      return { kind: "race", text, token: tokenOf(subject, failure) };
    }
    if (gaveUp) return { kind: "cannot", text: noVerdictText(subject, gaveUp) + this.#lastWords() };
    if (result.racing < 2) return { kind: "cannot", text: nothingRacedText(subject) };
    return { kind: "none found", text: successText(subject, result) };
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

  #subject(): Subject {
    const { name, isolation, replayCommand } = this.#options;
    return { name, backend: this.exploration.backend, isolation, replayCommand };
  }
}

/** Each client does all of its operations, then comes the next. */
const inTurn = (operations: readonly number[]): number[] =>
  operations.flatMap((count, i) => Array.from({ length: count }, () => i + 1));
