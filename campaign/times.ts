/** How long each cell takes, about: what an earlier run measured. */
import type { CellResult } from "../matrix/result.ts";
import type { Results } from "../reports/summary.ts";
import { type CellName, cellText, nameOfResult } from "./cell-name.ts";

/** What nobody has measured counts the same, so that without an earlier run each shard has as many cells. */
const unknown_s = 1;

/** @param earlier results whose times count */
export function timesOf(cells: readonly CellName[], earlier: Results | undefined): number[] {
  const measured = new Map(
    (earlier?.cells ?? []).map((cell) => [cellText(nameOfResult(cell)), tookS(cell)] as const),
  );
  return cells.map((cell) => measured.get(cellText(cell)) ?? unknown_s);
}

const tookS = ({ explored, load }: CellResult): number =>
  (explored?.elapsed_s ?? 0) + (load?.elapsed_s ?? 0);
