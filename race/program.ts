import { type Speaker, valueInWords } from "../backends/speaker.ts";
import { CheckFailed, OperationFailed, type Program } from "../schedules/program.ts";
import type { Trace } from "../schedules/trace.ts";
import type { ProcessClient } from "./client.ts";
import type { Statement } from "./database.ts";

/** The set-up before the clients run, and the checks after them, as statements. */
export interface Statements {
  readonly setup: readonly Statement[];
  /** Queries: the first column of the first row must be true or 1. Without any, the serial orders are the oracle. */
  readonly check: readonly Statement[];
  readonly signal: AbortSignal;
}

/** Processes as a program that schedules can explore. */
export function processProgram(statements: Statements): Program<ProcessClient> {
  const { setup, check, signal } = statements;
  return {
    async setup(client) {
      signal.throwIfAborted();
      for (const { kind, text } of setup) await (await client.speaker(kind)).say(text);
    },
    async run(client, around) {
      signal.throwIfAborted();
      return client.run(around.client);
    },
    async check(client, outcome) {
      mustHaveEndedWell(outcome.trace);
      for (const { kind, text } of check) await mustBeTrue(text, await client.speaker(kind));
    },
    alike: true,
  };
}

async function mustBeTrue(question: string, speaker: Speaker): Promise<void> {
  const [row] = await speaker.ask(question);
  if (row === undefined || !isTrue(row[0]))
    throw new CheckFailed("failed check", `\`${question}\` answered ${inWords(row)}`);
}

/** After an error that was put in, a process may end with an error of its own. */
function mustHaveEndedWell({ results, steps }: Trace): void {
  for (const { client, operation, status, error, code = "error" } of results) {
    const met_fault = steps.some(
      (step) => step.client === client && step.operation === operation && step.fault !== undefined,
    );
    if (!met_fault && (status === "fail" || status === "info"))
      throw new OperationFailed(client, code, error);
  }
}

const true_words = new Set(["true", "t", "1"]);
const isTrue = (value: unknown): boolean => true_words.has(valueInWords(value).toLowerCase());

const inWords = (row: readonly unknown[] | undefined): string =>
  row === undefined ? "no row" : row.map(valueInWords).join(", ");
