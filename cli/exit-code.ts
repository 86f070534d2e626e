import type { Results } from "../reports/summary.ts";

/** 0 = all is as declared, 1 = something is not, 2 = something has no verdict. */
export function exitCode({ cells, not_run }: Pick<Results, "cells" | "not_run">): number {
  if (cells.some((cell) => cell.conclusion === "different")) return 1;
  const open = cells.length === 0 || cells.some((cell) => cell.conclusion === "no verdict");
  return open || not_run.length > 0 ? 2 : 0;
}
