import { resolve } from "node:path";
import { defineConfig, type ViteUserConfig } from "vitest/config";

/** `npm run test:libraries`: programs with the drivers and ORMs that people use, through doors. */
const config: ViteUserConfig = defineConfig({
  test: {
    name: "libraries",
    include: ["examples/libraries/*.test.ts"],
    globalSetup: "tests/libraries-setup.ts",
    alias: { raceproof: resolve("index.ts") },
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});

export default config;
