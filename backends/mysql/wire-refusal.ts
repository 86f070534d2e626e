/** An error in place of a reply: https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html */
import { messageOf } from "../possible-errors.ts";
import type { Aside, Refusal } from "../wire.ts";
import { ends_transaction, possible_errors, sqlStateOf } from "./possible-errors.ts";
import { packet } from "./wire-packets.ts";

/**
 * @param in_transaction some errors end the whole transaction
 * @param number of the packet
 */
export function refusalOf(
  code: string,
  { in_transaction, number }: { readonly in_transaction: boolean; readonly number: number },
  aside: Aside,
): Refusal {
  const message = messageOf(possible_errors, code);
  return {
    ...(ends_transaction.has(code) && in_transaction ? { first: aside.say("ROLLBACK") } : {}),
    message,
    reply: () => packet(number % 256, errorBody(code, message)),
  };
}

function errorBody(code: string, message: string): Buffer {
  const number = Buffer.alloc(2);
  number.writeUInt16LE(Number(code));
  return Buffer.concat([
    Buffer.from([0xff]),
    number,
    Buffer.from(`#${sqlStateOf(code)}${message}`),
  ]);
}
