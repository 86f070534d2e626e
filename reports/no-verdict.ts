import type { GaveUp } from "../schedules/findings.ts";
import type { Ending, Trace } from "../schedules/trace.ts";
import { drawInterleaving } from "./interleaving.ts";
import { leftStory } from "./left-behind.ts";
import { in_code, type Names } from "./names.ts";
import { placeOf, type Subject } from "./report.ts";

/** Schedules were given up: says why, what can be done about it, and how far the first of them got. */
export function noVerdictText(subject: Subject, { count, trace }: GaveUp): string {
  const { ending } = trace;
  const { names = in_code } = subject;
  const how_many = count === 1 ? "a schedule" : `${count} schedules`;
  return [
    `${subject.name}: no verdict on ${placeOf(subject)}: ${how_many} could not be taken to the end, and nothing else failed`,
    ...(ending.kind === "ended" ? [] : [inFirst(trace, ending.reason), advice(ending.kind, names)]),
    ...(trace.steps.length === 0 ? [] : [drawInterleaving(trace)]),
  ].join("\n\n");
}

function inFirst(trace: Trace, reason: string): string {
  const left = leftStory(trace);
  return `In the first one ${[left, reason].filter((part) => part !== undefined).join("; ")}.`;
}

function advice(kind: Ending["kind"], { busy_limit, step_limit }: Names): string {
  if (kind === "held up")
    return "Run it again when nobody else is in the way, or at a server of its own.";
  const is_error =
    "waits for something that nobody can do any more, that is an error of the program.";
  if (kind !== "too many steps")
    return `If that is how long it takes, raise ${busy_limit}. If it ${is_error}`;
  const raise = `If a schedule may have so many steps, raise ${step_limit}. `;
  return `${step_limit === undefined ? "" : raise}If a loop ${is_error}`;
}
