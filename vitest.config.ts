import { availableParallelism } from "node:os";
import { defineConfig, type ViteUserConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const nowhere = ["**/node_modules/**", "dist/**", "raceproof-out/**", "examples/libraries/**"];

/** Begins with the files that take minutes, so that cores are not idle at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const long = ["tests/matrix.test.ts", "tests/schedules/pruning.test.ts", "search.test.ts"];
    const place = ({ moduleId }: TestSpecification): number =>
      [...long, ""].findIndex((name) => moduleId.endsWith(name));
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

const config: ViteUserConfig = defineConfig({
  test: {
    globalSetup: ["tests/compiled-folder.ts"],
    testTimeout: 1_800_000,
    hookTimeout: 300_000,
    // Servers do half of the work, so one file per core would leave cores idle.
    maxWorkers: availableParallelism() + 1,
    // The tests of a file share one event loop: more of them side by side would only stall each other.
    maxConcurrency: 6,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.ts"],
          exclude: [...nowhere, "tests/**"],
          // They share nothing but modules, and to load these anew for each file takes longer than most tests.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "servers",
          include: ["tests/**/*.test.ts"],
          exclude: [...nowhere, "tests/docker/**", "tests/package/**"],
          globalSetup: ["tests/global-setup.ts"],
        },
      },
    ],
  },
});

export default config;
