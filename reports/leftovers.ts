/** What runs have left behind, in words. */
import type { Leftover } from "../backends/leftover.ts";
import type { Swept } from "../backends/leftovers.ts";
import { visible } from "./visible.ts";

const owners = {
  lives: "of a run that goes on",
  over: "of a run that is over",
  "over by restart": "of this machine before its last start",
  "not ours": "of another machine or user",
} as const;

/** `database raceproof_…, of a run that is over (process 4711, since 2026-11-27 09:40)` */
export function leftoverText({ what, mark }: Leftover): string {
  const since = mark.began.toISOString().slice(0, 16).replace("T", " ");
  return `${visible(what)}, ${owners[mark.state]} (process ${mark.pid}, since ${since} UTC)`;
}

/** What a run reports about the sweep before it began; undefined when there is nothing to report. */
export function sweptText(origin: string, { removed, refused, left }: Swept): string | undefined {
  const runs = new Set(removed.map(({ mark }) => mark.text)).size;
  const sentences = [
    ...(runs > 0
      ? [`removed what ${runs === 1 ? "a run" : `${runs} runs`} had left: ${list(removed)}.`]
      : []),
    ...refused.map(({ leftover, why }) => `cannot remove ${leftover.what}: ${why}.`),
    ...left
      .filter(({ mark, if_asked }) => mark.state === "over" && if_asked)
      .map((one) => `${leftoverText(one)} is emptied by \`raceproof clean\`.`),
  ];
  return sentences.length === 0 ? undefined : visible(`${origin}: ${sentences.join(" ")}`);
}

const named_max = 3;

function list(all: readonly Leftover[]): string {
  const names = all.slice(0, named_max).map(({ what }) => what);
  const more = all.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
