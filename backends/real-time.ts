/**
 * The real clock and timers, as they were when this file was loaded. A test may replace them by fake timers later
 * (vitest and Jest can), and a schedule has to go on all the same.
 */
const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setImmediate: globalThis.setImmediate,
};

export type RealTimer = NodeJS.Timeout;

/** Milliseconds of a clock that never goes back. */
export const now_ms: () => number = performance.now.bind(performance);

export const startTimer: (ring: () => void, ms: number) => RealTimer = (ring, ms) =>
  real.setTimeout(ring, ms);

export const stopTimer: (timer: RealTimer) => void = (timer) => real.clearTimeout(timer);

export const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => void real.setTimeout(resolve, ms));

/** @returns undefined if the work takes longer; it goes on all the same */
export function inTime<T>(work: Promise<T>, limit_ms: number): Promise<T | undefined> {
  let timer: RealTimer;
  const late = new Promise<undefined>((resolve) => {
    timer = startTimer(() => resolve(undefined), limit_ms);
  });
  return Promise.race([work, late]).finally(() => stopTimer(timer));
}

/** Calls back in the next turn of the event loop. */
export const nextTurn = (turned: () => void): void => void real.setImmediate(turned);
