import { setTimeout as sleep } from "node:timers/promises";
import type { Recorder } from "../../histories/recorder.ts";
import type { Codes } from "../result.ts";
import type { PlannedFault } from "./plan.ts";

/** What the nemesis sees of the load that it disturbs. */
export interface Disturbed {
  readonly recorder: Recorder;
  /** Operations that were acknowledged so far. */
  readonly acknowledged: () => number;
  /** Called after each fault with how many are over. */
  readonly progress: (over: number) => void;
  readonly signal: AbortSignal;
}

/**
 * If no operation succeeds within this time, the nemesis goes on: clients may be waiting for something that never
 * comes.
 */
const recovery_limit_ms = 10_000;

/**
 * Carries out the faults one after the other while clients are at work, and lets the clients work once more
 * after the last fault. In the history each fault is an operation of the process `nemesis`, from its beginning
 * until the server answers again. Ends early on the signal, with all servers running again.
 * @returns how many of each kind were survived
 * @throws ServerUnavailable when a server does not come back
 */
export async function sendNemesis(plan: readonly PlannedFault[], load: Disturbed): Promise<Codes> {
  const survived: Record<string, number> = {};
  for (const [over, { kind, victim, after_ms, hold_ms }] of plan.entries()) {
    await workOn(load, after_ms);
    if (load.signal.aborted) return survived;
    await load.recorder.invoke("nemesis", kind, victim.kind, kind === "pause" ? { hold_ms } : null);
    try {
      await victim.suffer(kind, () => wait(hold_ms, load.signal));
      load.recorder.ok("nemesis", null);
    } catch (error) {
      load.recorder.info("nemesis", (error as Error).message);
      if (load.signal.aborted) return survived;
      throw error;
    }
    survived[kind] = (survived[kind] ?? 0) + 1;
    load.progress(over + 1);
  }
  await workOn(load, 0);
  return survived;
}

/** Waits at least this long, and until some operation was acknowledged. */
async function workOn({ acknowledged, signal }: Disturbed, least_ms: number): Promise<void> {
  const before = acknowledged();
  const began = performance.now();
  await wait(least_ms, signal);
  while (acknowledged() === before && !signal.aborted) {
    if (performance.now() - began > recovery_limit_ms) return;
    await wait(10, signal);
  }
}

/** Returns at once when the signal is aborted. */
const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
