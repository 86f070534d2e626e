import type { TraceStep } from "../trace.ts";

/** So often the same, with nothing but sleeps in between: a loop that polls. */
const sleeps_of_a_loop = 2;
/** So often the same with the same reply, without a sleep. Plain code may well ask the same two or three times. */
const replies_of_a_loop = 10;
/** Where a loop is known, the same reply so often is enough. */
const replies_of_a_known_loop = 2;
const edges = new Set<TraceStep["kind"]>(["begin", "commit", "rollback", "other"]);

/** A step that stands at the gate. */
export interface Question {
  readonly client: number;
  readonly operation: number;
  readonly statement: string;
  readonly kind: TraceStep["kind"];
  /** After how many of its steps its client has slept. */
  readonly slept_after: readonly number[];
}

/**
 * Which statements are asked in loops that poll: again and again, while nobody else has moved. Nothing can have
 * changed but the time, so such a question can wait until the others have moved: a client that polls for a lock
 * does not run in circles while its holder stands at the gate.
 *
 * That leaves out schedules, so it must not happen to plain code that asks the same twice. A statement counts as
 * polled only once it was seen in a loop; the schedule in which that came out is not like the ones after it.
 */
export class Polling {
  readonly #polled = new Set<string>();

  /** @returns `found out` = it polls, and was not known to */
  judge(question: Question, steps: readonly TraceStep[]): "no" | "polls" | "found out" {
    const { statement, kind } = question;
    if (edges.has(kind)) return "no";
    const { sleeps, replies } = roundsOf(question, steps);
    if (this.#polled.has(statement))
      return sleeps > 0 || replies >= replies_of_a_known_loop ? "polls" : "no";
    if (sleeps < sleeps_of_a_loop && replies < replies_of_a_loop) return "no";
    this.#polled.add(statement);
    return "found out";
  }
}

/** Since another client moved: how often the client slept after it had asked the same, and how often the reply was the same. */
function roundsOf(
  { client, operation, statement, slept_after }: Question,
  steps: readonly TraceStep[],
): { readonly sleeps: number; readonly replies: number } {
  const moved_at = lastMoveOfOthers(client, steps);
  let number = steps.filter((step) => step.client === client).length;
  let sleeps = 0;
  const replies: string[] = [];
  for (let row = steps.length - 1; row > moved_at; row--, number--) {
    const step = steps[row] as TraceStep;
    if (step.operation !== operation) break;
    if (step.statement !== statement) continue;
    sleeps = slept_after.filter((after) => after >= number).length;
    replies.push(`${step.reply} ${step.error}`);
  }
  const other = replies.findIndex((reply) => reply !== replies[0]);
  return { sleeps, replies: other < 0 ? replies.length : other };
}

/** The row at which another client's step was sent or let go on, whichever was last; −1 when there was none. */
function lastMoveOfOthers(client: number, steps: readonly TraceStep[]): number {
  let last = -1;
  steps.forEach((step, row) => {
    if (step.client !== client) last = Math.max(last, row, step.releasedBy ?? -1);
  });
  return last;
}
