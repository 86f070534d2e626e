/**
 * A repair that databases without transactions of SQL have: a write takes effect only if what its operation has read
 * is still the same. Redis watches the keys, DynamoDB has conditions.
 */
import type { Reply, Sent } from "./wire.ts";

export type SentRequest = Sent & { readonly kind: "request" };

/** One operation. */
export interface Comparing {
  /** The request as it is sent instead, or as it is; what it reads is remembered. */
  sent(request: SentRequest): SentRequest;
  /**
   * Takes the reply to it.
   * @param reply undefined if the server refused the request
   * @returns what the client gets; and why, if the server has not done it because something had changed
   */
  replied(bytes: Buffer, reply: Reply | undefined): Compared;
}

export interface Compared {
  readonly bytes: Buffer;
  readonly refused?: { readonly code: string; readonly message: string };
}
