import type { Step } from "../../backends/backend.ts";
import { changedInWords, rowsInWords } from "../../backends/sql-words.ts";
import type { Reply } from "../../backends/wire.ts";

/** `count_value = 5`, `3 rows`, `1 row changed`, `OK`. Some servers also count what BEGIN and COMMIT changed. */
export function replyInWords(
  kind: Step["kind"],
  { rows, row_count = 0, changed, word }: Reply,
): string {
  if (rows) return row_count === 1 ? rowsInWords(rows, []) : `${row_count} rows`;
  return changed === undefined || kind !== "write" ? (word ?? "OK") : changedInWords(changed);
}
