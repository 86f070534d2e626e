import { defineConfig, type ViteUserConfig } from "vitest/config";

/** `npm run test:docker`: the contract of the backends and what else needs containers. */
const config: ViteUserConfig = defineConfig({
  test: {
    name: "docker",
    include: ["tests/backends/*.test.ts", "tests/docker/*.test.ts"],
    globalSetup: ["tests/compiled-folder.ts", "tests/docker/global-setup.ts"],
    // These tests mostly wait for containers to come and go.
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 300_000,
  },
});

export default config;
