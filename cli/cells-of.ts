import type { CellName } from "../campaign/cell-name.ts";
import type { BackendEntry } from "../matrix/backends.ts";
import { levelsOf } from "../matrix/backends.ts";
import { strategiesOn } from "../matrix/open-backend.ts";
import { promisedAt } from "../matrix/promise.ts";
import type { Suite } from "../matrix/suite.ts";
import type { Pass } from "./faults.ts";
import { missingPackage } from "./missing-package.ts";

/**
 * The cells of a pass, in the order of the matrix, before any server is started. A backend whose driver is not
 * installed has none.
 */
export async function cellsOfPass(pass: Pass): Promise<CellName[]> {
  const { backends, suites } = pass.selection;
  const cells: CellName[] = [];
  for (const entry of backends)
    for (const suite of suites) cells.push(...(await cellsOn(entry, suite, pass)));
  return cells;
}

async function cellsOn(entry: BackendEntry, suite: Suite, pass: Pass): Promise<CellName[]> {
  const { includes, isolations } = pass.selection;
  const workload = suite.workload.name;
  const levels = levelsOf(entry).filter((level) => {
    if (level === null) return true;
    return pass.at_usual_level ? level === entry.usual_level : isolations.has(level);
  });
  const strategies = await strategiesOn(suite, entry).catch((error: unknown) => {
    if (missingPackage(error) === undefined) throw error;
    return [];
  });
  const settings = pass.disturb ? pass.settings : null;
  return strategies
    .filter(({ name }) => includes(workload, name))
    .flatMap(({ name: strategy, declared }) =>
      levels
        .filter((isolation) => promisedAt(declared, isolation) !== undefined)
        .map((isolation) => ({ workload, backend: entry.name, strategy, isolation, settings })),
    );
}
