import { readSql } from "../sql-text.ts";
import { literal } from "../sql-words.ts";
import type { Request } from "../wire.ts";
import { type Portal, valuesOf } from "./wire-requests.ts";

/** What may be taken apart into its work and its commit: plain changes of rows, one statement. */
const changes_rows = /^\s*(insert|update|delete|merge|with|select)\b/i;

/** A simple query as a step. Several statements in one text run in one transaction of their own. */
export function requestOfQuery(sql: string): Request {
  const { kind, words } = readSql(sql);
  return {
    statement: words,
    kind,
    keys: undefined,
    commits_itself: kind === "write" && changes_rows.test(sql) && !hasSeveral(sql),
  };
}

/**
 * What a batch executes as a step.
 * @param executed in their order; undefined where the door does not know the statement
 * @param is_fresh they were bound in this batch; otherwise it fetches the next rows of a portal
 */
export function requestOfBatch(
  executed: readonly (Portal | undefined)[],
  is_fresh: boolean,
): Request {
  const parts = executed.map((portal) => (portal ? requestOfPortal(portal, is_fresh) : unreadable));
  const [first = unreadable, ...others] = parts;
  if (others.length === 0) return first;
  return {
    statement: parts.map(({ statement }) => statement).join("; "),
    kind: others.every(({ kind }) => kind === first.kind) ? first.kind : "write",
    keys: undefined,
    commits_itself: false,
  };
}

const unreadable: Request = {
  statement: "EXECUTE",
  kind: "write",
  keys: undefined,
  commits_itself: false,
};

function requestOfPortal(portal: Portal, is_fresh: boolean): Request {
  const sql = portal.prepared?.sql ?? "";
  const { kind, words } = readSql(sql);
  const values = valuesOf(portal);
  const filled = words.replace(/\$(\d+)/g, (place, n) =>
    Number(n) <= values.length ? literal(values[Number(n) - 1]) : place,
  );
  return {
    statement: is_fresh ? filled : `next rows of ${filled}`,
    kind,
    keys: undefined,
    commits_itself: is_fresh && kind === "write" && changes_rows.test(sql),
  };
}

/** More than one statement in a text; a semicolon in a string or a comment may be taken for another one. */
function hasSeveral(sql: string): boolean {
  return /;\s*\S/.test(sql);
}
