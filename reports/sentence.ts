import { shownStatement } from "../histories/shortened.ts";
import type { Failure } from "../schedules/program.ts";
import { isLoss } from "../schedules/schedule.ts";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import { whomFor } from "./interleaving.ts";
import { leftStory } from "./left-behind.ts";
import { overwriteStory } from "./overwrite.ts";
import { type RaceStory, raceStoryIn } from "./race-story.ts";
import { unheededStory } from "./unheeded.ts";
import { unseenInsertStory } from "./unseen-insert.ts";
import { visible } from "./visible.ts";

/**
 * One sentence that says how a failure came about: who read what, who overwrote whom, whose reply was lost. It is made
 * of the facts of the steps; if they leave a doubt, there are only the check's own words, and the steps.
 */
export function explain(trace: Trace, failure: Failure): string {
  const left = leftStory(trace);
  if (trace.ending.kind !== "ended")
    return sentence([faultStory(trace), left, trace.ending.reason]);
  const race = raceStoryIn(trace);
  const story = [faultStory(trace), left, race && told[race.name](trace)].filter(
    (part) => part !== undefined,
  );
  if (story.length > 0) return sentence(story);
  if (trace.operations.length === 1)
    return sentence([`no race: one client alone fails: ${failure.message}`]);
  return sentence([deadlockStory(trace) ?? failure.message]);
}

/** The race in words. */
const told: Readonly<Record<RaceStory["name"], (trace: Trace) => string | undefined>> = {
  "lost update": overwriteStory,
  "unnoticed write": unheededStory,
  "unseen insert": unseenInsertStory,
};

function sentence(parts: readonly (string | undefined)[]): string {
  const text = parts.filter((part) => part !== undefined).join("; ");
  return visible(text.endsWith(".") ? text : `${text}.`);
}

function faultStory(trace: Trace): string | undefined {
  const at = trace.steps.findIndex((step) => step.fault !== undefined);
  const step = trace.steps[at];
  if (!step) return undefined;
  const who = `client ${step.client}`;
  if (step.fault === "die") return `${who} died before \`${shownStatement(step.statement)}\``;
  if (step.fault === "expire")
    return `the lock expired before ${who}'s \`${shownStatement(step.statement)}\``;
  if (step.putIn !== undefined) return putInStory(step, step.putIn);
  const lost = `the server's reply to ${who}'s \`${shownStatement(step.statement)}\` was lost`;
  const again = trace.steps.find(
    (later, i) => i > at && later.client === step.client && later.statement === step.statement,
  );
  if (again) return `${lost} and ${who} sent it again`;
  return step.error === undefined ? lost : `${lost}: ${who} saw error ${step.error}`;
}

function putInStory({ client, statement }: TraceStep, error: string): string {
  const step = `client ${client}'s \`${shownStatement(statement)}\``;
  if (!isLoss(error)) return `${step} met error ${error}`;
  return error.endsWith("after")
    ? `the connection was lost after ${step} was done`
    : `the connection was lost before ${step} was done`;
}

/** One client waited until the other's statement ended with an error: this is how a server ends a deadlock. */
function deadlockStory(trace: Trace): string | undefined {
  for (const [row, ended] of trace.steps.entries()) {
    const waiter = trace.steps.find((step) => step.waited && step.releasedBy === row);
    if (ended.error === undefined || !waiter || waiter.client === ended.client) continue;
    const whom = whomFor(waiter, trace);
    return `client ${waiter.client}'s \`${shownStatement(waiter.statement)}\` waited for ${whom} until client ${ended.client}'s \`${shownStatement(ended.statement)}\` ended with error ${ended.error}`;
  }
  return undefined;
}
