/** What clients left behind at the end of their operations, in words. */
import { shownStatement } from "../histories/shortened.ts";
import type { LeftBehind, Trace } from "../schedules/trace.ts";

/** @returns undefined if nothing was left behind */
export function leftStory(trace: Trace): string | undefined {
  const { left = [] } = trace;
  const all = left.map((one) => leftInWords(one, trace));
  return all.length === 0 ? undefined : [...new Set(all)].join("; ");
}

function leftInWords({ client, what, lock }: LeftBehind, trace: Trace): string {
  const whose = client === undefined ? "a connection" : `client ${client}'s connection`;
  if (what === "connection") return `${whose} never went back to the pool`;
  if (what === "lock") return `${whose} kept ${lock ?? "a lock"}`;
  const last = trace.steps.findLast(
    (step) => (client === undefined || step.client === client) && step.error === undefined,
  );
  const after =
    last === undefined
      ? ""
      : `: after \`${shownStatement(last.statement)}\` there was neither COMMIT nor ROLLBACK`;
  return `${whose} was left in a transaction${after}`;
}
