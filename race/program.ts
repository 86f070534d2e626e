import { type Speaker, valueInWords } from "../backends/speaker.ts";
import { CheckFailed, OperationFailed, type Program } from "../schedules/program.ts";
import type { Trace } from "../schedules/trace.ts";
import type { Statement } from "./database.ts";
import { RequestRefused } from "./request-failed.ts";
import type { Speakers } from "./speakers.ts";

/** The set-up before the clients run, and the checks after them, as statements. */
export interface Statements {
  readonly setup: readonly Statement[];
  /** Queries: the first column of the first row must be true or 1. Without any, the serial orders are the oracle. */
  readonly check: readonly Statement[];
  readonly signal: AbortSignal;
}

/** A client that is a process, or an instance of an app. */
export interface RaceClient {
  readonly speakers: Speakers;
  /** One operation: a run of the process, or a request to the app. */
  run(client: number): Promise<unknown>;
}

/** Processes or an app as a program that schedules can explore. @param alike all clients do the same */
export function raceProgram(statements: Statements, alike: boolean): Program<RaceClient> {
  const { setup, check, signal } = statements;
  return {
    async setup(client) {
      signal.throwIfAborted();
      for (const { kind, text } of setup) await (await client.speakers.to(kind)).say(text);
    },
    async run(client, around) {
      signal.throwIfAborted();
      return client.run(around.client);
    },
    async check(client, outcome) {
      mustHaveEndedWell(outcome.trace);
      for (const { kind, text } of check) await mustBeTrue(text, await client.speakers.to(kind));
    },
    didNotHappen: (error) => error instanceof RequestRefused,
    alike,
  };
}

async function mustBeTrue(question: string, speaker: Speaker): Promise<void> {
  const [row] = await speaker.ask(question);
  if (row === undefined || !isTrue(row[0]))
    throw new CheckFailed("failed check", `\`${question}\` answered ${inWords(row)}`);
}

/** After an error that was put in, a process may end with an error of its own. An app may refuse. */
function mustHaveEndedWell({ results, steps }: Trace): void {
  for (const { client, operation, status, error, code = "error" } of results) {
    const met_fault = steps.some(
      (step) => step.client === client && step.operation === operation && step.fault !== undefined,
    );
    const has_failed = status === "fail" || status === "info";
    if (has_failed && !met_fault && !(error instanceof RequestRefused))
      throw new OperationFailed(client, code, error);
  }
}

const true_words = new Set(["true", "t", "1"]);
const isTrue = (value: unknown): boolean => true_words.has(valueInWords(value).toLowerCase());

const inWords = (row: readonly unknown[] | undefined): string =>
  row === undefined ? "no row" : row.map(valueInWords).join(", ");
