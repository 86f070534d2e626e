import { defineConfig, type ViteUserConfig } from "vitest/config";

/** `npm run test:package`: packs, installs and uses the package as a stranger would. Needs the npm registry. */
const config: ViteUserConfig = defineConfig({
  test: {
    name: "package",
    include: ["tests/package/*.test.ts"],
    globalSetup: "tests/package/global-setup.ts",
    // Two installations at a time already keep a small machine busy.
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 300_000,
  },
});

export default config;
