import { Command } from "commander";
import { race } from "../race/race.ts";
import {
  annotationsOfRace,
  dataOfRace,
  junitOfRace,
  type RaceOutcome,
  summaryOfRace,
} from "../reports/of-race.ts";
import { visible } from "../reports/visible.ts";
import { type RaceFlags, readRaceFlags, withRaceFlags } from "./race-flags.ts";
import {
  type ReporterFlags,
  type Reports,
  report,
  reportersOf,
  withReporters,
} from "./reporters.ts";
import { withRace } from "./with-race.ts";

const exit_codes = { "none found": 0, race: 1, cannot: 2 } as const;

/** `raceproof race … -- COMMAND`: exit code 0 = proof, or no race found, 1 = race, 2 = it could not be tried. */
export function raceCommand(): Command {
  const command = withRaceFlags(new Command("race"))
    .description("find a race of a program, or of an app and its requests, in any language")
    .argument("[command...]", "of a client, behind --");
  return withReporters(command).action(async (argv: string[], flags: RaceFlags & ReporterFlags) => {
    const reporters = reportersOf(flags);
    const wish = await readRaceFlags(flags, argv);
    const race_coverage = wish.race_coverage || reporters.has("verbose");
    await withRace({ ...wish, race_coverage }, async (options) => {
      const outcome = { name: wish.name, ...(await race(options)) };
      process.exitCode = exit_codes[outcome.kind];
      await report(reporters, reportsOf(outcome), wish.report ?? out_default);
    });
  });
}

/** Where `junit.xml` goes without `--report`, as of a run. */
const out_default = "raceproof-out";

const reportsOf = (outcome: RaceOutcome): Reports => ({
  text: () => visible(outcome.text),
  data: () => dataOfRace(outcome),
  junit: () => junitOfRace(outcome),
  annotations: () => annotationsOfRace(outcome),
  jobSummary: () => summaryOfRace(outcome),
});
