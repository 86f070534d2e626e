import type { HistoryEvent, Process } from "./event.ts";
import type { Sink } from "./parser.ts";

/** An operation with the times of its call and of its return. */
export interface Interval {
  /** When not given: any process that is free at that time. */
  readonly process?: Process;
  readonly f: string;
  readonly key: string;
  readonly input: unknown;
  /** The answer; undefined when nobody knows whether it happened. */
  readonly output: unknown;
  readonly from: number | bigint;
  readonly to: number | bigint;
  readonly line: number;
}

interface Moment {
  readonly at: number | bigint;
  readonly call: boolean;
  readonly interval: Interval;
}

/**
 * Passes on operations with times as events, in the order of the times.
 * @param calls_first whether a call comes before a return at the same time, so that the two overlap
 */
export function emitIntervals(
  intervals: readonly Interval[],
  calls_first: boolean,
  sink: Sink,
): void {
  const moments: Moment[] = [];
  for (const interval of intervals)
    moments.push(
      { at: interval.from, call: true, interval },
      { at: interval.to, call: false, interval },
    );
  // An operation's own call comes before its return, even if both have the same time; several such of no process overlap.
  const rank = ({ call, interval: { from, to, process } }: Moment): number => {
    if (from !== to) return call === calls_first ? 0 : 3;
    return call || process !== undefined ? 1 : 2;
  };
  moments.sort((one, other) =>
    one.at < other.at ? -1 : one.at > other.at ? 1 : rank(one) - rank(other),
  );
  const lanes = new Lanes();
  for (const [index, { call, interval }] of moments.entries()) {
    const process = interval.process ?? (call ? lanes.take(interval) : lanes.give(interval));
    sink.event(
      call ? invoke(index, process, interval) : end(index, process, interval),
      interval.line,
    );
  }
}

function invoke(index: number, process: Process, { f, key, input }: Interval): HistoryEvent {
  return { index, time_ns: index, process, type: "invoke", f, key, input };
}

function end(index: number, process: Process, { output }: Interval): HistoryEvent {
  return output === undefined
    ? { index, time_ns: index, process, type: "info", error: "" }
    : { index, time_ns: index, process, type: "ok", output };
}

/** Processes for operations that do not name theirs. */
class Lanes {
  readonly #free: number[] = [];
  readonly #taken = new Map<Interval, number>();
  #count = 0;

  take(interval: Interval): number {
    const lane = this.#free.pop() ?? this.#count++;
    this.#taken.set(interval, lane);
    return lane;
  }

  give(interval: Interval): number {
    const lane = this.#taken.get(interval)!;
    this.#taken.delete(interval);
    this.#free.push(lane);
    return lane;
  }
}
