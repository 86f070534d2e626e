import type { RaceDatabases } from "../race/database.ts";
import type { RaceOptions } from "../race/options.ts";

/** A race of two clients with one operation each, of which nothing is reported. */
export const raceOptions = (
  { all: databases }: RaceDatabases,
  signal: AbortSignal,
  wish: Pick<RaceOptions, "setup" | "check"> & Partial<RaceOptions>,
): RaceOptions => ({
  name: "bench",
  argv: [],
  templates: [],
  ignore: [],
  clients: 2,
  operations: 1,
  isolation: undefined,
  schedules: undefined,
  seed: undefined,
  busy_limit_ms: 10_000,
  time_limit_ms: undefined,
  report: undefined,
  race_coverage: false,
  repairs: false,
  faults: [],
  databases,
  signal,
  progress: () => undefined,
  replayCommand: (token) => token,
  ...wish,
});
