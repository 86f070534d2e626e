/**
 * Time as it was when this file was loaded. A test may put fake timers in its place later (vitest's and Jest's
 * do), and a schedule has to go on all the same.
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

/** Calls back once the event loop has come round. */
export const nextTurn = (turned: () => void): void => void real.setImmediate(turned);
