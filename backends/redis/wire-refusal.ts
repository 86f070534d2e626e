/** An error in place of a reply, or of the replies to a MULTI … EXEC. */
import { messageOf } from "../possible-errors.ts";
import type { Aside, Refusal } from "../wire.ts";
import { type Commands, isRefused, possible_errors, queuedIn } from "./possible-errors.ts";

export function refusalOf(code: string, all: Commands, aside: Aside): Refusal {
  const message = messageOf(possible_errors, code);
  const queued = queuedIn(all);
  if (queued === undefined) return { message, reply: () => Buffer.from(`-${message}\r\n`) };
  const replies = [
    "+OK",
    ...queued.map((command) => (isRefused(code, command) ? `-${message}` : "+QUEUED")),
    "-EXECABORT Transaction discarded because of previous errors.",
  ];
  // An EXEC that fails ends every WATCH, too.
  return {
    first: aside.say("UNWATCH"),
    message,
    reply: () => Buffer.from(replies.map((reply) => `${reply}\r\n`).join("")),
  };
}
