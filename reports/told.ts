import type { CellResult, ExploreResult } from "../matrix/result.ts";
import { type Overwrite, overwriteIn } from "./overwrite.ts";
import { explain } from "./sentence.ts";
import type { Results } from "./summary.ts";

/** What `results.json` has of a failing interleaving besides its steps, who waited for whom, and its token. */
export interface ToldFailure {
  /** How the failure came about. */
  readonly sentence: string;
  /** Which step of `smallest` wrote over which, where that is certain. */
  readonly overwrite?: Overwrite;
}

/** The results with the sentences that people read about them. */
export function told(results: Results): Results {
  return { ...results, cells: results.cells.map(toldCell) };
}

function toldCell(cell: CellResult): CellResult {
  if (cell.explored === undefined) return cell;
  const explored = Object.entries(cell.explored).map(([name, result]) => [
    name,
    toldResult(result as ExploreResult),
  ]);
  return { ...cell, explored: Object.fromEntries(explored) };
}

function toldResult(result: ExploreResult): ExploreResult {
  const { failure } = result;
  if (failure === undefined) return result;
  const overwrite = overwriteIn(failure.smallest);
  const more: ToldFailure = {
    sentence: explain(failure.smallest, failure),
    ...(overwrite ? { overwrite } : {}),
  };
  return { ...result, failure: { ...failure, ...more } };
}
