import type { Meeting, Scenarios } from "../library/scenarios.ts";

/** Which operations met, and what was found; the seed repeats it. */
export function meetingsText({ name, seed, meetings, schedules }: Scenarios): string {
  const kinds: readonly (readonly [Meeting["ended"], string])[] = [
    ["raced", "raced"],
    ["proved", "proved for the arguments tried"],
    ["none found", "no race found, and no proof"],
    ["not reached", "not reached in time"],
  ];
  const lines = kinds.flatMap(([kind, words]) => {
    const some = meetings.filter(({ ended }) => ended === kind);
    return some.length === 0 ? [] : [`  ${words}: ${some.map(meetingInWords).join(", ")}`];
  });
  return [`${name}: ${schedules} schedules (seed ${seed})`, ...lines].join("\n");
}

const meetingInWords = ({ operations }: Meeting): string => operations.join(" + ");
