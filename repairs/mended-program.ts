/** The program with a repair in it: its own code as it is, in one transaction if the repair wants that. */

import { not_sent } from "../backends/not-sent.ts";
import { isRefusalCode, isRetryable } from "../backends/retryable.ts";
import type { Mending } from "../schedules/doors/mending.ts";
import { WireError } from "../schedules/doors/wire-error.ts";
import type { Program } from "../schedules/program.ts";
import type { Trace } from "../schedules/trace.ts";

/** An operation that was refused is run so often, where nothing else says that it may be absent. */
const attempts_max = 5;
const deadlock_codes = new Set(["40P01", "1213"]);

/** What the schedules with the repair showed beside their verdict. */
export class Seen {
  readonly errors: Record<string, number> = {};
  deadlocks = 0;

  add(trace: Trace): void {
    const codes = errorCodesIn(trace);
    for (const code of codes) this.errors[code] = (this.errors[code] ?? 0) + 1;
    if (codes.some((code) => deadlock_codes.has(code))) this.deadlocks++;
  }
}

/** The codes with which the server refused statements. */
export function errorCodesIn({ steps }: Trace): string[] {
  const codes = steps.flatMap(({ error }) =>
    error === undefined || error === not_sent ? [] : [error],
  );
  return [...new Set(codes)];
}

export interface MendedOptions {
  readonly wraps: boolean;
  readonly compares: boolean;
  /** Operations that were refused run again: there is a check, which counts on all of them. */
  readonly retries: boolean;
}

export function mendedProgram<Client>(
  program: Program<Client>,
  mending: Mending,
  seen: Seen,
  { wraps, compares, retries }: MendedOptions,
): Program<Client> {
  return {
    ...program,
    async run(client, around) {
      const once = async (): Promise<unknown> => program.run(client, around);
      const begun = async (): Promise<unknown> =>
        wraps ? mending.inTransaction(client, once) : once();
      const whole = async (): Promise<unknown> =>
        compares ? mending.comparing(client, begun) : begun();
      for (let attempt = 1; ; attempt++) {
        try {
          return await whole();
        } catch (error) {
          // A process or an app does not pass on the error: the door knows what the server had answered.
          const was_refused = mending.takeRefusal(client) || isRefusal(error);
          if (!retries || attempt === attempts_max || !was_refused) throw error;
        }
      }
    },
    async check(client, outcome) {
      seen.add(outcome.trace);
      return program.check(client, outcome);
    },
  };
}

function isRefusal(error: unknown): boolean {
  const { name, message } = Object(error) as { name?: string; message?: string };
  if (isRefusalCode(name ?? "") || isRefusalCode(message ?? "")) return true;
  return isRetryable(error) || (error instanceof WireError && isRefusalCode(error.code));
}
