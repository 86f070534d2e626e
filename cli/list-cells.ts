/** `raceproof run --list`: the cells that a run with these options would measure, and none of them is. */
import type { CellName } from "../campaign/cell-name.ts";
import { strategyNames } from "../matrix/open-backend.ts";
import { groups } from "../reports/groups.ts";
import { short_level } from "../reports/matrix.ts";
import { cellsOfPass } from "./cells-of.ts";
import type { Pass } from "./faults.ts";
import { installIt, missingPackage } from "./missing-package.ts";

/**
 * A line for each strategy, with the levels at which it would be measured.
 * @param includes the cells of this shard; default all
 */
export async function listCells(
  passes: readonly Pass[],
  includes: (cell: CellName) => boolean = () => true,
): Promise<void> {
  let count = 0;
  for (const pass of passes) {
    const cells = (await cellsOfPass(pass)).filter(includes);
    count += cells.length;
    for (const [name, of_strategy] of groups(cells, nameOf))
      console.log(name + levels(of_strategy));
    for (const line of await notInstalled(pass)) console.log(line);
  }
  console.log(count === 1 ? "1 cell" : `${count} cells`);
}

const nameOf = ({ backend, workload, strategy, settings }: CellName): string =>
  `${backend} ${workload} ${strategy}${settings === null ? "" : `, ${settings} settings`}`;

function levels(cells: readonly CellName[]): string {
  const named = cells.flatMap(({ isolation }) => (isolation ? [short_level[isolation]] : []));
  return named.length === 0 ? "" : `  ${named.join(" ")}`;
}

/** What has no cells because its driver is missing. */
async function notInstalled({ selection: { backends, suites } }: Pass): Promise<string[]> {
  const lines: string[] = [];
  for (const backend of backends)
    for (const suite of suites)
      await strategyNames(suite, backend).catch((error: unknown) => {
        const missing = missingPackage(error);
        if (missing === undefined) throw error;
        lines.push(`${backend.name} ${suite.workload.name}: ${installIt(missing)}`);
      });
  return lines;
}
