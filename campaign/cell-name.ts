/** The name of a cell: enough to find it on any machine, before any server is started. */
import type { Isolation } from "../backends/backend.ts";
import type { CellResult } from "../matrix/result.ts";
import type { Settings } from "../servers/local/recipe.ts";

export interface CellName {
  readonly workload: string;
  /** What users write after `--backend`. The server behind it may be another product: MariaDB at a URL for MySQL. */
  readonly backend: string;
  readonly strategy: string;
  readonly isolation: Isolation | null;
  /** The settings of its servers, if they are to suffer faults; else null. */
  readonly settings: Settings | null;
}

/** `postgres counter read-write READ COMMITTED`: for people, and the same for the same cell. */
export function cellText({ workload, backend, strategy, isolation, settings }: CellName): string {
  const under_faults = settings === null ? [] : [`with faults, ${settings} settings`];
  return [backend, workload, strategy, ...(isolation ? [isolation] : []), ...under_faults].join(
    " ",
  );
}

/** The name of the cell that was measured. Its backend is the one that answered. */
export const nameOfResult = (cell: CellResult): CellName => ({
  workload: cell.workload,
  backend: cell.backend,
  strategy: cell.strategy,
  isolation: cell.isolation,
  settings: cell.settings ?? null,
});
