import { factsOfSql } from "../sql-facts.ts";
import { bareText } from "../sql-kind.ts";
import { onOneLine, readSql } from "../sql-text.ts";
import { literal } from "../sql-words.ts";
import type { Reply, Request } from "../wire.ts";
import { Packet } from "./wire-packets.ts";
import { readBinary } from "./wire-values.ts";

/** Statements that drivers send at the beginning; they affect only their own session. */
const prepares_session =
  /^set (names|character set|(@@)?((session|local)[ .]+)?(autocommit|sql_mode|sql_auto_is_null|time_zone|wait_timeout|net_\w+_timeout|character_set_\w+|collation_\w+|sql_select_limit|session_track_\w+) ?:?=)/;

/** A prepared statement. */
export interface Prepared {
  readonly sql: string;
  readonly params: number;
  /** As the client last sent them; later executions may rely on them. */
  types: readonly number[];
}

/** A request, and the text that it sends: values of a prepared statement are not in it. */
export interface MysqlRequest extends Request {
  readonly sql: string;
}

export function isSettingOfSession(sql: string): boolean {
  const { statements } = readSql(sql, "mysql");
  return statements?.length === 1 && prepares_session.test(bareText(statements[0]!));
}

/** A session is made like a new one, by whatever command. */
export const resetting_request: Request = {
  statement: "reset connection",
  kind: "rollback",
  keys: undefined,
  mayUnlock: true,
  commits_itself: false,
};

/**
 * A statement as a step. Several in one text are one step.
 * @param filled the same statement with its values filled in
 */
export function requestOf(
  sql: string,
  filled: string = sql,
  values: readonly unknown[] = [],
): MysqlRequest {
  const { words, effects, catalog, commits_itself, statements } = readSql(sql, "mysql");
  return {
    ...effects,
    catalog,
    sql,
    statement: filled === sql ? words : onOneLine(filled),
    keys: undefined,
    commits_itself,
    facts: (reply) => factsOfSql(statements, "mysql", values, reply as Reply),
  };
}

/** COM_STMT_EXECUTE: the statement with its values in place of the question marks. */
export function requestOfExecute(packet: Buffer, prepared: Prepared | undefined): MysqlRequest {
  if (prepared === undefined) return requestOf("EXECUTE");
  let values: unknown[] = [];
  try {
    values = readValues(packet, prepared);
  } catch {
    // Values that were sent earlier, in pieces, are not in it: their question marks stay.
  }
  const { words } = readSql(prepared.sql, "mysql");
  return requestOf(prepared.sql, fill(words, values), values);
}

/** After the head: the command, the statement, flags, a count; then which values are NULL, the types, the values. */
function readValues(bytes: Buffer, prepared: Prepared): unknown[] {
  const { params } = prepared;
  if (params === 0) return [];
  const packet = new Packet(bytes, 14);
  const nulls = packet.bytes(Math.floor((params + 7) / 8));
  if (packet.int(1) === 1) prepared.types = Array.from({ length: params }, () => packet.int(2));
  return Array.from({ length: params }, (_, i) => {
    if ((nulls[Math.floor(i / 8)]! & (1 << (i % 8))) !== 0) return null;
    const type = prepared.types[i] ?? 0;
    return readBinary(packet, {
      type: type & 0xff,
      charset: 0,
      is_unsigned: (type & 0x8000) !== 0,
    });
  });
}

/** Fills in the values; question marks in strings and names are not placeholders. */
function fill(words: string, values: readonly unknown[]): string {
  let next = 0;
  return words.replace(/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|\?/g, (part) =>
    part === "?" && next < values.length ? literal(values[next++]) : part,
  );
}
