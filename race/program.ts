import { type Speaker, valueInWords } from "../backends/speaker.ts";
import { CheckFailed, OperationFailed, type Outcome, type Program } from "../schedules/program.ts";
import type { Trace } from "../schedules/trace.ts";
import type { ProcessClient } from "./client.ts";

/** What is to be true before and after the clients, as statements. */
export interface Statements {
  readonly setup: readonly string[];
  /** Questions: the first column of the first row must be true, or 1. None: the serial orders are the oracle. */
  readonly check: readonly string[];
  readonly signal: AbortSignal;
}

/** How a schedule is judged where nobody says what is right. */
export type Judge = (outcome: Outcome, speaker: Speaker) => Promise<void>;

/** Processes as a program that schedules can explore. */
export function processProgram(statements: Statements, judge: Judge): Program<ProcessClient> {
  const { setup, check, signal } = statements;
  return {
    async setup(client) {
      signal.throwIfAborted();
      const speaker = await client.speaker;
      for (const statement of setup) await speaker.say(statement);
    },
    run: (client, around) => client.run(around.client),
    async check(client, outcome) {
      const speaker = await client.speaker;
      if (check.length === 0) return judge(outcome, speaker);
      mustHaveEndedWell(outcome.trace);
      for (const question of check) await mustBeTrue(question, speaker);
    },
    looks_after: check.length === 0,
    alike: true,
  };
}

async function mustBeTrue(question: string, speaker: Speaker): Promise<void> {
  const [row] = await speaker.ask(question);
  if (row === undefined || !isTrue(row[0]))
    throw new CheckFailed("failed check", `\`${question}\` answered ${inWords(row)}`);
}

function mustHaveEndedWell({ results }: Trace): void {
  for (const { client, status, error, code = "error" } of results)
    if (status === "fail" || status === "info") throw new OperationFailed(client, code, error);
}

const true_words = new Set(["true", "t", "1"]);
const isTrue = (value: unknown): boolean => true_words.has(valueInWords(value).toLowerCase());

const inWords = (row: readonly unknown[] | undefined): string =>
  row === undefined ? "no row" : row.map(valueInWords).join(", ");
