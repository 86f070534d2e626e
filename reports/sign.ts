import type { CellResult, ExploreResult } from "../matrix/result.ts";
import { measuredWord } from "./matrix.ts";
import type { Sign } from "./signs.ts";

export function signOf(cell: CellResult): Sign {
  const word = measuredWord(cell);
  if (["not run", "broken off", "unknown", "no overlap", "no progress"].includes(word))
    return "unknown";
  if (word !== "correct") return "wrong";
  if (faultsIn(cell).length > 0) return "fault";
  return codesOf(cell).length > 0 ? "retry" : "safe";
}

/** The sign of one exploration alone. */
export function signOfExploration({ failure, failed }: ExploreResult, refuses?: string): Sign {
  if (failure) return "wrong";
  return Object.keys(failed).some((code) => code !== refuses) ? "retry" : "safe";
}

/** What was measured, in words: what goes wrong and when, or the codes with which operations must try again. */
export function wordOf(cell: CellResult): string {
  const sign = signOf(cell);
  if (sign === "fault") return faultsIn(cell).join(", ");
  if (sign === "retry") return codesOf(cell).join(", ");
  return sign === "safe" ? "safe" : measuredWord(cell);
}

/** Codes with which operations fail cleanly, except refusals that are a right answer. */
function codesOf({ explored, load, refuses }: CellResult): string[] {
  return Object.keys({ ...explored?.two.failed, ...load?.failed }).filter(
    (code) => code !== refuses,
  );
}

function faultsIn({ explored }: CellResult): string[] {
  const { reply_lost, lock_lost } = explored ?? {};
  return [
    ...(reply_lost?.failure ? [`${reply_lost.failure.kind} when a reply is lost`] : []),
    ...(lock_lost?.failure ? [`${lock_lost.failure.kind} when the lock expires`] : []),
  ];
}
