/** What people call a race. */
import type { FoundFailure } from "../schedules/findings.ts";
import { overwriteIn } from "./overwrite.ts";
import { unheededIn } from "./unheeded.ts";
import { unseenInsertIn } from "./unseen-insert.ts";

/**
 * The name of a race, where the steps of its smallest interleaving leave no doubt; otherwise the kind of the failure,
 * as it stands at the head of its report.
 *
 * - `lost update`: a client wrote over a value of another that it had not seen
 * - `unseen insert`: two looked whether something is there, and both inserted it
 * - `unnoticed write`: a conditional write changed nothing, and its client went on
 */
export function raceName({ smallest, kind }: Pick<FoundFailure, "smallest" | "kind">): string {
  if (smallest.ending.kind !== "ended") return kind;
  if (overwriteIn(smallest)) return "lost update";
  if (unheededIn(smallest) !== undefined) return "unnoticed write";
  return unseenInsertIn(smallest) ? "unseen insert" : kind;
}
