/** Times that a program reads from a clock: they differ in every run, but keep their distance from the run itself. */

/** When a run began and ended, by the clock of the schedules. */
export interface Span {
  readonly began_ms: number;
  readonly ended_ms: number;
}

/** Allows for the time of set-up, clocks that only count seconds, and a server's clock that differs from ours. */
const slack_ms = 5_000;
const ten_years_ms = 10 * 365 * 86_400_000;
/** Seconds, milliseconds, microseconds and nanoseconds since 1970, as milliseconds. */
const units_ms = [1_000, 1, 1e-3, 1e-6];

const written =
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d(?::?\d\d)?))?$/;

/** @returns milliseconds since 1970 if the token is a time; a number is one if it is within ten years of now */
export function instantOf(token: string): number | undefined {
  if (written.test(token)) return instantWritten(token);
  if (!/^\d{10,19}(\.\d+)?$/.test(token)) return undefined;
  const now = Date.now();
  return units_ms
    .map((unit) => Number(token) * unit)
    .find((instant) => Math.abs(instant - now) < ten_years_ms);
}

function instantWritten(token: string): number | undefined {
  const [, moment = "", zone = ""] =
    /^(\S+[T ][\d:.]+?)(?: ?(Z|[+-]\d\d(?::?\d\d)?))?$/.exec(token) ?? [];
  const offset = /^[+-]\d\d$/.test(zone)
    ? `${zone}:00`
    : zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2");
  const instant = Date.parse(`${moment.replace(" ", "T")}${offset === "" ? "Z" : offset}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** Whether two times, each read in its own run, are as far apart as the two runs. */
export function movedWithClock(one: string, two: string, first: Span, second: Span): boolean {
  const [a, b] = [instantOf(one), instantOf(two)];
  if (a === undefined || b === undefined) return false;
  const tolerance_ms =
    slack_ms + (first.ended_ms - first.began_ms) + (second.ended_ms - second.began_ms);
  return Math.abs(b - a - (second.ended_ms - first.ended_ms)) <= tolerance_ms;
}
