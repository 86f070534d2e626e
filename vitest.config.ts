import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";

const nowhere = ["node_modules/**", "dist/**", "raceproof-out/**"];

const config: ViteUserConfig = defineConfig({
  test: {
    testTimeout: 900_000,
    hookTimeout: 300_000,
    // Servers do half of the work, so one file a core leaves cores idle.
    maxWorkers: availableParallelism() + 1,
    maxConcurrency: 12,
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["**/*.test.ts"], exclude: [...nowhere, "suites/**"] },
      },
      {
        extends: true,
        test: {
          name: "suites",
          include: ["suites/**/*.test.ts"],
          exclude: [...nowhere, "suites/docker/**"],
          globalSetup: "suites/global-setup.ts",
        },
      },
    ],
  },
});

export default config;
