import type { Request } from "../wire.ts";
import { readSql } from "../sql-text.ts";
import { literal, shortened } from "../sql-words.ts";
import { type Portal, valuesOf } from "./wire-requests.ts";

/** What may be taken apart into its work and its commit: plain changes of rows, one statement. */
const changes_rows = /^\s*(insert|update|delete|merge|with|select)\b/i;

/** A simple query as a step. Several statements in one text run in one transaction of their own. */
export function requestOfQuery(sql: string): Request {
  const { kind, words } = readSql(sql);
  return {
    statement: shortened(words),
    kind,
    keys: undefined,
    commits_itself: kind === "write" && changes_rows.test(sql) && !hasSeveral(sql),
  };
}

/**
 * What a batch executes as a step. A portal that is executed once more fetches its next rows.
 * @param executed in their order; undefined where a statement is not known to the door
 * @param fresh how many of them were bound in this batch
 */
export function requestOfBatch(executed: readonly (Portal | undefined)[], is_fresh: boolean): Request {
  const [portal] = executed;
  if (executed.length === 1 && portal) {
    const sql = portal.prepared?.sql ?? "";
    const { kind, words } = readSql(sql);
    const values = valuesOf(portal);
    const filled = words.replace(/\$(\d+)/g, (place, n) =>
      Number(n) <= values.length ? literal(values[Number(n) - 1]) : place,
    );
    return {
      statement: shortened(is_fresh ? filled : `next rows of ${filled}`),
      kind,
      keys: undefined,
      commits_itself: is_fresh && kind === "write" && changes_rows.test(sql),
    };
  }
  const parts = executed.map((each) => requestOfBatch([each], is_fresh));
  const kinds = new Set(parts.map(({ kind }) => kind));
  return {
    statement: shortened(parts.map(({ statement }) => statement).join("; ") || "EXECUTE"),
    kind: kinds.size === 1 && executed.length > 0 && portal ? parts[0]!.kind : "write",
    keys: undefined,
    commits_itself: false,
  };
}

/** More than one statement in a text; a semicolon in a string or a comment may be taken for another one. */
function hasSeveral(sql: string): boolean {
  return /;\s*\S/.test(sql);
}
