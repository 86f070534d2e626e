import type { FoundFailure } from "../findings.ts";
import { type Comparison, compareRuns } from "../renaming.ts";
import type { Lane, Play, Played } from "../run/lane.ts";
import { type Fingerprint, fingerprint } from "../token.ts";
import type { Trace } from "../trace.ts";
import { differenceOf } from "./fresh-start.ts";
import { pickFrom } from "./search.ts";
import { shrink } from "./shrink.ts";

/**
 * A failure is run again, alone, before it is believed. Most fail again at once. Where the server or the program
 * chooses by itself (the victim of a deadlock, a random number) one of three will do.
 */
export const reruns_max = 3;

/**
 * Runs a failing schedule again until it fails in the same class.
 * @param lane nothing else may run meanwhile
 * @returns the run that failed again; undefined when none did
 */
export async function confirm<Client>(
  lane: Lane<Client>,
  found: Played,
): Promise<Played | undefined> {
  for (let run = 0; run < reruns_max; run++) {
    const again = await playAgain(lane, found.trace);
    if (again.failure?.kind === found.failure?.kind) return again;
  }
  return undefined;
}

/**
 * Makes a confirmed failure as small as possible, and runs the smallest again.
 * @param lane nothing else may run meanwhile
 * @returns undefined when it did not fail any more, neither made smaller nor as it was found
 */
export async function smallest<Client>(
  lane: Lane<Client>,
  found: Played,
  found_after: number,
  until_ms?: number,
): Promise<FoundFailure | undefined> {
  const shrunk = await shrink(
    found,
    (operations, pick, faults) => lane.play({ operations, pick, faults, look_after: true }),
    until_ms,
  );
  const small = await runAgain(lane, shrunk.played);
  // What is smaller may have failed by chance: then it stays as it was found.
  const failure = small.again.failed > 0 ? small : await runAgain(lane, found);
  if (failure.again.failed === 0) return undefined;
  return {
    ...(failure.played.failure ?? { kind: "", message: "" }),
    foundAfter: found_after,
    found: found.trace,
    shrunkIn: shrunk.schedules,
    smallest: failure.played.trace,
    expected: failure.expected,
    again: failure.again,
    ...(failure.other ? { other: failure.other } : {}),
  };
}

interface RunAgain {
  readonly played: Played;
  readonly expected: Fingerprint;
  readonly again: FoundFailure["again"];
  readonly other: Trace | undefined;
}

/** Once, where that is the same in all; else a few times, to say how often it fails. */
async function runAgain<Client>(lane: Lane<Client>, played: Played): Promise<RunAgain> {
  let failed = 0;
  let other: Trace | undefined;
  let expected: Fingerprint | undefined;
  let sources: Trace | undefined;
  for (let runs = 1; ; runs++) {
    const again = await playAgain(lane, played.trace, { notes_sources: true });
    if (again.failure?.kind === played.failure?.kind) failed++;
    const comparison = comparePlayed(played, again);
    if (comparison.same) {
      sources ??= again.trace;
      expected ??= fingerprint(played.trace, comparison);
    } else {
      other ??= again.trace;
    }
    if ((failed === runs && !other) || runs === reruns_max) {
      return {
        played: { ...played, trace: sources ? withSources(played.trace, sources) : played.trace },
        expected: expected ?? fingerprint(played.trace),
        again: { runs, failed },
        other,
      };
    }
  }
}

/** Whether two runs of one schedule did the same, and left the same, up to generated values. */
export function comparePlayed(one: Played, two: Played): Comparison {
  const difference = one.left && two.left && differenceOf(one.left, two.left);
  if (difference === undefined) return compareRuns(one.trace, two.trace);
  const { what } = difference;
  return { same: false, one: `${what} at the end`, two: `${what} with other values` };
}

/** Runs the schedule of a trace again, and looks at what it leaves. */
function playAgain<Client>(
  lane: Lane<Client>,
  { operations, choices, faults }: Trace,
  more: Pick<Play, "notes_sources"> = {},
): Promise<Played> {
  return lane.play({ operations, faults, pick: pickFrom(choices), look_after: true, ...more });
}

/** The sources were noted in another run of the same schedule, step by step the same. */
function withSources(trace: Trace, { steps }: Trace): Trace {
  const sources = steps.map(({ source }) => (source ? { source } : {}));
  return { ...trace, steps: trace.steps.map((step, row) => ({ ...step, ...sources[row] })) };
}
