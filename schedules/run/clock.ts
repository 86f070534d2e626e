/** The clock as it was when this file was loaded: a test may put a false one in its place later. */
export const now_ms: () => number = performance.now.bind(performance);
