import { factsOfSql } from "../sql-facts.ts";
import { bareText } from "../sql-kind.ts";
import { readSql, remembered } from "../sql-text.ts";
import type { Token } from "../sql-tokens.ts";
import { literal } from "../sql-words.ts";
import type { Reply, Request } from "../wire.ts";
import { type Item, type Portal, valuesOf } from "./wire-requests.ts";

/** A request, and what PostgreSQL makes of its text. */
export interface PostgresRequest extends Request {
  /** One statement, which the server answers with one error if it fails. */
  readonly is_single: boolean;
  /** The statements of one text: if one of them fails, nothing of any is done. */
  readonly parts: readonly Request[];
}

/** A simple query as a step. Several statements in one text run in one transaction of their own. */
export const requestOfQuery: (sql: string) => PostgresRequest = remembered((sql) => {
  const { words, effects, catalog, commits_itself, statements } = readSql(sql, "postgres");
  const facts = (reply: unknown) => factsOfSql(statements, "postgres", [], reply as Reply);
  const is_single = statements?.length === 1;
  const parts = is_single ? [] : partsOf(statements ?? []);
  const step = { ...effects, catalog, statement: words, keys: undefined, commits_itself, facts };
  return { ...step, is_single, parts };
});

/** Several statements, each as if it were alone; none if the text begins or ends a transaction. */
function partsOf(statements: readonly (readonly Token[])[]): readonly Request[] {
  const parts = statements.map((tokens) => requestOfQuery(bareText(tokens)));
  const kinds = new Set(parts.map(({ kind }) => kind));
  return kinds.has("begin") || kinds.has("commit") || kinds.has("rollback") ? [] : parts;
}

/** What a batch executes. */
interface Batch {
  /** Whether its portals were bound in it; if not, it fetches the next rows of a portal. */
  readonly is_fresh: boolean;
  /** It ends with a Sync. */
  readonly until_ready: boolean;
}

/**
 * What a batch executes as a step.
 * @param executed the executed portals, in their order; undefined if the door does not know the statement
 */
export function requestOfBatch(
  executed: readonly (Portal | undefined)[],
  { is_fresh, until_ready }: Batch,
): PostgresRequest {
  const is_single = until_ready && is_fresh && executed.length === 1;
  return { ...stepOfBatch(executed, is_fresh), is_single, parts: [] };
}

/**
 * What executes nothing may all the same decide what is read: the snapshot of a portal is taken when it is bound, that
 * of a transaction above READ COMMITTED when its first statement is parsed.
 */
export function requestOfOpening(
  items: readonly Item[],
  reads_from_snapshot: boolean,
): Request | undefined {
  for (const item of items) {
    const bound =
      item.kind === "bind" && item.portal ? requestOfPortal(item.portal, true) : undefined;
    if (bound?.kind === "read" || bound?.kind === "lock") return opening("open", bound);
    if (item.kind !== "parse" || !reads_from_snapshot) continue;
    const parsed = requestOfQuery(item.sql);
    if (takes_snapshot.has(parsed.kind)) return opening("prepare", parsed);
  }
  return undefined;
}

const takes_snapshot = new Set<Request["kind"]>(["read", "lock", "write"]);

const opening = (verb: string, { statement, catalog }: Request): Request => ({
  statement: `${verb} ${statement}`,
  kind: "read",
  keys: undefined,
  catalog,
  commits_itself: false,
});

function stepOfBatch(executed: readonly (Portal | undefined)[], is_fresh: boolean): Request {
  const parts = executed.map((portal) => (portal ? requestOfPortal(portal, is_fresh) : unreadable));
  const [first = unreadable, ...others] = parts;
  if (others.length === 0) return first;
  return {
    statement: parts.map(({ statement }) => statement).join("; "),
    mayUnlock: parts.some(({ mayUnlock }) => mayUnlock),
    leavesBehind: parts.some(({ leavesBehind }) => leavesBehind),
    isDivisible:
      parts.filter(({ kind }) => kind === "read" || kind === "lock" || kind === "write").length >
        1 || parts.some(({ isDivisible }) => isDivisible),
    kind: others.every(({ kind }) => kind === first.kind) ? first.kind : "write",
    catalog: parts.some(({ catalog }) => catalog === "may change") ? "may change" : undefined,
    keys: undefined,
    commits_itself: false,
  };
}

const unreadable: Request = {
  statement: "EXECUTE",
  kind: "write",
  keys: undefined,
  mayUnlock: true,
  leavesBehind: true,
  catalog: "may change",
  commits_itself: false,
};

function requestOfPortal(portal: Portal, is_fresh: boolean): Request {
  const sql = portal.prepared?.sql ?? "";
  const { words, effects, catalog, commits_itself, statements } = readSql(sql, "postgres");
  const values = valuesOf(portal);
  const filled = words.replace(/\$(\d+)/g, (place, n) =>
    Number(n) <= values.length ? literal(values[Number(n) - 1]) : place,
  );
  return {
    statement: is_fresh ? filled : `next rows of ${filled}`,
    ...effects,
    catalog,
    keys: undefined,
    commits_itself: is_fresh && commits_itself,
    ...(is_fresh
      ? {
          facts: (reply: unknown) => factsOfSql(statements, "postgres", values, reply as Reply),
        }
      : {}),
  };
}
