/** Which isolation level is enough: one program, explored at each level that its database has. */
import type { Isolation } from "../backends/backend.ts";
import { atLevel, isolation_levels } from "../backends/sql-mending.ts";
import { type LevelResult, levelsText } from "../reports/levels.ts";
import { BadOptions } from "../schedules/bad-options.ts";
import { Mending } from "../schedules/doors/mending.ts";
import { exploreOne } from "./explore-one.ts";
import type { Databases, ProgramOptions } from "./explore-options.ts";
import { NoProof, NoVerdict, RaceFound } from "./explore-results.ts";
import { withProgram } from "./open-program.ts";

/** A program whose isolation level is asked for. */
export interface LevelsOptions<Client, D extends Databases = Databases>
  extends Omit<ProgramOptions<Client, D>, "isolation" | "repairs" | "require"> {
  /**
   * Explores the program at every isolation level that its database has, from the weakest to the strongest, whatever
   * level its transactions name themselves. A race is a result like any other, and is not thrown.
   */
  readonly levels: "all";
}

/** What was found at each level, and the table that says so. */
export interface LevelsReport {
  readonly levels: readonly LevelResult[];
  /** The weakest level with a proof at which no stronger one has a race; undefined if there is none. */
  readonly enough: Isolation | undefined;
  readonly text: string;
}

/** @throws as `explore`, but no race */
export function exploreLevels<Client, D extends Databases>({
  levels,
  ...options
}: LevelsOptions<Client, D>): Promise<LevelsReport> {
  return withProgram(options as ProgramOptions<Client, D>, async (program) => {
    const { name, backend } = program.options;
    if (levels !== "all") throw new BadOptions(`${name}: \`levels\` can only be "all".`);
    const workshop = program.workshops.find(({ dialect }) => !/redis|dynamodb/.test(dialect));
    const has = isolation_levels.filter((level) => backend.isolations.includes(level));
    if (workshop === undefined || has.length === 0)
      throw new BadOptions(
        `${name}: \`levels\` needs isolation levels, and ${backend.server} has none.`,
      );
    const results: LevelResult[] = [];
    for (const isolation of has) {
      const one = {
        ...program.options,
        name: `${name} at ${isolation}`,
        backend: workshop.mended(new Mending((sql) => atLevel(sql, isolation))),
        isolation,
      };
      results.push(await resultOf(isolation, exploreOne(one, { serial: program.serial })));
    }
    const weakest = results.findLastIndex(({ found }) => found !== "proof") + 1;
    const enough = results[weakest]?.isolation;
    return { levels: results, enough, text: levelsText(name, backend.server, results, enough) };
  });
}

/** @throws whatever says nothing about the level */
async function resultOf(
  isolation: Isolation,
  exploring: ReturnType<typeof exploreOne>,
): Promise<LevelResult> {
  try {
    const { proof, text, ...exploration } = await exploring;
    const found = proof ? "proof" : "no proof";
    return { isolation, found, exploration: { ...exploration, proof }, text };
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof RaceFound)
      return { isolation, found: "race", exploration: error.exploration, text: message };
    if (error instanceof NoVerdict)
      return { isolation, found: "no proof", exploration: error.exploration, text: message };
    if (!(error instanceof NoProof)) throw error;
    return { isolation, found: "no proof", exploration: error.report, text: message };
  }
}
