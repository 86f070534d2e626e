/** Cells of a run that was interrupted before they were judged in full. */
import type { CellResult } from "../matrix/result.ts";

/** Whether there is no verdict because the run ended first. What it has found until then to be different, stays so. */
export const brokenOff = ({ interrupted, conclusion }: CellResult): boolean =>
  interrupted === true && conclusion === "no verdict";

/** `3 broken off (2 before their load)`; undefined if there are none. */
export function brokenOffText(cells: readonly CellResult[]): string | undefined {
  const all = cells.filter(brokenOff);
  if (all.length === 0) return undefined;
  const unloaded = all.filter(({ load }) => load === undefined).length;
  const before =
    unloaded === 0 ? "" : ` (${unloaded} before ${unloaded === 1 ? "its" : "their"} load)`;
  return `${all.length} broken off${before}`;
}
