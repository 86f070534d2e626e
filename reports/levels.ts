/** The table of isolation levels, and which of them is enough. */
import type { Isolation } from "../backends/backend.ts";
import type { Exploration } from "../schedules/findings.ts";
import { inColumns } from "./columns.ts";
import { explain } from "./sentence.ts";
import { doubtInWords } from "./success.ts";

/** What an exploration at one isolation level has shown. */
export interface LevelResult {
  readonly isolation: Isolation;
  readonly found: "proof" | "no proof" | "race";
  readonly exploration: Exploration;
  /** The whole report: of a race, its smallest interleaving and a token. */
  readonly text: string;
}

const widths = [16, 41, 17];

/** @param enough the weakest level at which it and all stronger ones are proved */
export function levelsText(
  name: string,
  server: string,
  results: readonly LevelResult[],
  enough: Isolation | undefined,
): string {
  const rows = results.map((one) => [one.isolation, foundInWords(one), errorsInWords(one)]);
  const table = inColumns(widths, ["isolation level", "race?", "errors to retry"], rows);
  const verdict =
    enough === undefined
      ? `no level of ${server} is proved to be enough.`
      : `${enough} is enough on ${server}: proof for this size.`;
  return `${name}: ${verdict}\n\n${table}`;
}

function foundInWords({ found, exploration }: LevelResult): string {
  const { failure, schedules, interleavings, doubt } = exploration;
  if (found === "race" && failure)
    return `race: ${explain(failure.smallest, failure) ?? failure.message}`;
  if (found === "proof")
    return `proof: no failure in all ${interleavings === undefined ? "" : `${interleavings} `}interleavings, ${schedules} run`;
  return `none found in ${schedules} schedules, no proof${doubt ? `: ${doubtInWords(doubt)}` : ""}`;
}

function errorsInWords({ found, exploration }: LevelResult): string {
  if (found === "race") return "";
  return Object.keys(exploration.failed).join(", ") || "none";
}
