/**
 * A text of several statements (the client asked for `multi statements`). The server does one after the other, and
 * each commits by itself: others can come between them, and when one fails, those before it are done. So the door sends
 * them one by one. The client must not notice: to it, all answers are parts of one, whose packets are counted through.
 */
import { bareText } from "../sql-kind.ts";
import { mayHoldSeveral, statementsOf, textsOf } from "../sql-tokens.ts";
import { head_bytes, status, statusPlaceOfOk } from "./wire-packets.ts";
import type { Agreed } from "./wire-replies.ts";
import type { MysqlRequest } from "./wire-statement.ts";

/** Statements that end where their semicolon is: in the body of a procedure there are others. */
const ends_with_semicolon =
  /^(\( )*(select|insert|update|delete|replace|with|table|values|set|call|do|commit|rollback|savepoint|release|truncate|(create|drop) (temporary )?table|begin( work)?$|start transaction)\b/;

/** @returns the statements of a text that has several; undefined if they cannot be told apart for certain */
export function severalIn(sql: string, body: Buffer): string[] | undefined {
  // A text of one statement has at most one semicolon, at its end; and what is no UTF-8 would not stay as it is.
  if (!mayHoldSeveral(sql) || !Buffer.from(sql).equals(body)) return undefined;
  const tokens = statementsOf(sql, "mysql");
  if (!tokens?.every((one) => ends_with_semicolon.test(bareText(one)))) return undefined;
  const texts = textsOf(sql, "mysql");
  return texts !== undefined && texts.length > 1 ? texts : undefined;
}

/** A statement of a text that has several. */
export interface Part extends MysqlRequest {
  readonly of: AnswerOfSeveral;
  readonly is_last: boolean;
}

/** The answer to a text of several statements, as the client counts its packets. */
export class AnswerOfSeveral {
  /** The number of its next packet. */
  next = 1;

  /**
   * A packet of the answer to one statement, as a part of the whole.
   * @param ends whether the answer to this statement ends with it, and another one follows
   */
  renumbered(packet: Buffer, ends: boolean, agreed: Agreed): Buffer {
    const copy = Buffer.from(packet);
    copy[3] = this.next++ % 256;
    if (!ends) return copy;
    const is_ok = copy[head_bytes] === 0x00 || agreed.no_eof;
    const place = is_ok ? statusPlaceOfOk(copy) : head_bytes + 3;
    copy.writeUInt16LE(copy.readUInt16LE(place) | status.more_results, place);
    return copy;
  }
}
