import { defineConfig, type ViteUserConfig } from "vitest/config";

/**
 * For `npm run mutants`: the checkers' tests with a fixed seed, and fewer random histories than in CI, so that a
 * mutant that survives is soon known to. Whatever fewer rounds kill, more of them kill, too.
 * Tests that start threads are left out: a mutant is only alive in the thread of the tests.
 */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ["checkers/**/*.test.ts"],
    exclude: ["checkers/check-file.test.ts"],
    env: { SEED: "1", ROUNDS: "500" },
    testTimeout: 900_000,
  },
});

export default config;
