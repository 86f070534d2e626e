/** How long each cell takes, about: what an earlier run measured, or else what is usual. */
import type { CellResult } from "../matrix/result.ts";
import type { Results } from "../reports/summary.ts";
import { type CellName, cellText, nameOfResult } from "./cell-name.ts";

/** Measured on two cores, as the mean of all cells of a backend in a run without options. */
const usual_s: Readonly<Record<string, number>> = {};
const usual_elsewhere_s = 1;

/** @param earlier results whose times count; cells that are not in it take what is usual on their backend */
export function timesOf(cells: readonly CellName[], earlier: Results | undefined): number[] {
  const measured = new Map(
    (earlier?.cells ?? []).map((cell) => [cellText(nameOfResult(cell)), tookS(cell)] as const),
  );
  return cells.map(
    (cell) => measured.get(cellText(cell)) ?? usual_s[cell.backend] ?? usual_elsewhere_s,
  );
}

const tookS = ({ explored, load }: CellResult): number =>
  (explored?.elapsed_s ?? 0) + (load?.elapsed_s ?? 0);
