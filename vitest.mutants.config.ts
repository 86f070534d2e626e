import { defineConfig, type ViteUserConfig } from "vitest/config";

/**
 * For `npm run mutants`: the checkers' tests with a fixed seed, and fewer random histories than in CI, so that it is
 * soon known which mutants survive. A mutant that few rounds kill is also killed by more. Tests that start threads are
 * left out: a mutant only exists in the thread of the tests.
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
