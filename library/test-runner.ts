/** What can be known of the test that we run in: its name, and how much time it has. */

/** The part of vitest's own state that says which test runs, since when, and how long it may take. */
interface VitestWorker {
  readonly current?: {
    readonly name?: string;
    readonly timeout?: number;
    readonly concurrent?: boolean;
    readonly result?: { readonly startTime?: number };
  };
}

/** The clock by which vitest notes the start, not a fake one that the test may put in its place. */
const clock_ms = Date.now.bind(Date);
/** The share of a test's time that is kept back to say what was found. */
const reserve = 0.1;

const current = (): VitestWorker["current"] =>
  (globalThis as { __vitest_worker__?: VitestWorker }).__vitest_worker__?.current;

/** The name of the running test; when tests run side by side, vitest does not say which one this is. */
export function testName(): string | undefined {
  const { concurrent, name } = current() ?? {};
  return concurrent ? undefined : name;
}

export interface TestTime {
  readonly runner: string;
  /** The limit of the whole test. */
  readonly limit_ms: number;
  /** What is left of it now for exploring. */
  readonly left_ms: number;
}

/**
 * The time that the running test may still take. Only vitest tells it (its default is 5 s a test); Jest (5 s) and mocha
 * (2 s) do not, node:test has no limit.
 */
export function testTime(): TestTime | undefined {
  const { timeout, concurrent, result } = current() ?? {};
  const began_ms = result?.startTime;
  // When tests run side by side, vitest does not say which one this is.
  if (!timeout || concurrent || began_ms === undefined) return undefined;
  const left_ms = began_ms + timeout * (1 - reserve) - clock_ms();
  return { runner: "vitest", limit_ms: timeout, left_ms: Math.max(0, left_ms) };
}
