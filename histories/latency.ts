import type { Operation } from "./event.ts";

export interface Latency {
  /** Half of the operations took at most this long; null if there are none. */
  readonly p50_ms: number | null;
  /** 99 of 100 took at most this long; null if there are none. */
  readonly p99_ms: number | null;
}

/** How long acknowledged operations took, from their invoke to their ok (percentiles by nearest rank). */
export function latency(operations: readonly Operation[]): Latency {
  const durations_ns = new Float64Array(operations.length);
  let count = 0;
  for (const { status, invoked_ns, returned_ns } of operations)
    if (status === "ok") durations_ns[count++] = returned_ns - invoked_ns;
  const sorted_ns = durations_ns.subarray(0, count).sort();
  const percentile_ms = (percent: number): number | null => {
    const ns = sorted_ns[Math.ceil((percent * sorted_ns.length) / 100) - 1];
    return ns === undefined ? null : ns / 1e6;
  };
  return { p50_ms: percentile_ms(50), p99_ms: percentile_ms(99) };
}
