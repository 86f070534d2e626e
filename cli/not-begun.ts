/** How many cells an interrupted run has not even begun. */
import type { CellName } from "../campaign/cell-name.ts";
import { backends } from "../matrix/backends.ts";
import { cellsOfPass } from "./cells-of.ts";
import type { Pass } from "./faults.ts";
import type { Found } from "./run-pass.ts";

/**
 * Cells that were to be run and have no result. Those of a backend that did not run for a reason of its own are not
 * counted: the reason is told.
 * @param includes the cells of this shard; default all
 */
export async function notBegun(
  passes: readonly Pass[],
  { cells, not_run }: Found,
  includes: (cell: CellName) => boolean = () => true,
): Promise<number> {
  const excused = new Set(not_run.map(({ backend }) => backend));
  const planned = (await Promise.all(passes.map(cellsOfPass)))
    .flat()
    .filter((cell) => includes(cell) && !excused.has(cell.backend));
  const named = new Map(backends.map(({ name, or = [] }) => [name, [name, ...or]]));
  const has = (cell: CellName): boolean =>
    cells.some(
      ({ backend, workload, strategy, isolation, settings = null }) =>
        named.get(cell.backend)!.includes(backend) &&
        workload === cell.workload &&
        strategy === cell.strategy &&
        isolation === cell.isolation &&
        settings === cell.settings,
    );
  return planned.filter((cell) => !has(cell)).length;
}
