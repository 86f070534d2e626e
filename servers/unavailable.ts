/** A server cannot be had; the message is one sentence for people: what, why, what to do. */
export class ServerUnavailable extends Error {
  override readonly name = "ServerUnavailable";
}
