import type { Step } from "../backend.ts";
import { readSql } from "../sql-text.ts";
import { changedInWords, rowsInWords, shortened } from "../sql-words.ts";

/** Named locks belong to the server, not to a database. */
const takes_named_lock = /\bget_lock\s*\(/i;

/** A statement given to mysql2 as a step. @param sql with its values put in. */
export function stepOf(sql: string): Step {
  const { kind, words } = readSql(sql);
  const quiet = ["begin", "commit", "rollback", "other"].includes(kind);
  return {
    statement: shortened(words),
    kind,
    keys: undefined,
    ...(takes_named_lock.test(words) ? { serverWide: true } : {}),
    describe: quiet ? () => "OK" : describe,
  };
}

/** A request of the protocol that is no statement. */
export function requestOf(statement: string, kind: Step["kind"]): Step {
  return { statement, kind, keys: undefined, describe: () => "OK" };
}

/** Rows, or what changed; several results come from several statements: the last one is told. */
function describe(reply: unknown): string {
  if (!Array.isArray(reply)) return changed(reply) ?? "OK";
  return changed(reply.at(-1)) ?? rowsInWords(reply);
}

function changed(reply: unknown): string | undefined {
  const { affectedRows, serverStatus } = Object(reply) as Record<string, unknown>;
  const is_header = typeof affectedRows === "number" && serverStatus !== undefined;
  return is_header ? changedInWords(affectedRows) : undefined;
}
