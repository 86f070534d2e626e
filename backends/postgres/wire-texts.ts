/**
 * A text of several statements. The server does one after the other in one transaction, its own or that of the text, and
 * others can come between them. So the door sends them one by one, and the client gets one answer: that the server is
 * ready is said only at its end.
 */
import { bareText } from "../sql-kind.ts";
import { mayHoldSeveral, statementsOf, textsOf } from "../sql-tokens.ts";

const plain =
  /^(\( )*(select|insert|update|delete|merge|with|table|values|set|lock|truncate|(create|drop) ((temp|temporary) )?table)\b/;
const of_transaction = /^(savepoint|release|rollback to|declare|fetch|close|notify)\b/;
const begins = /^(begin|start transaction)\b/;
const ends = /^(commit|end|rollback)( work| transaction)?$/;

export interface Several {
  readonly texts: readonly string[];
  /** Outside a transaction they are one by themselves. */
  readonly are_one: boolean;
}

/** @returns undefined if it has only one, or if it is not certain that they do the same one by one */
export function severalIn(sql: string, text: Buffer): Several | undefined {
  if (!mayHoldSeveral(sql) || !Buffer.from(sql).equals(text)) return undefined;
  const statements = statementsOf(sql, "postgres")?.map(bareText) ?? [];
  const [first = "", ...others] = statements;
  const texts = others.length > 0 ? textsOf(sql, "postgres") : undefined;
  if (texts === undefined) return undefined;
  if (statements.every((one) => plain.test(one))) return { texts, are_one: true };
  const inside = ends.test(others.at(-1)!) ? others.slice(0, -1) : others;
  const is_whole =
    begins.test(first) && inside.every((one) => plain.test(one) || of_transaction.test(one));
  return is_whole ? { texts, are_one: false } : undefined;
}
