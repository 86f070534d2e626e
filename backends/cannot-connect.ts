/**
 * No session can be had: wrong URL, nobody listens, another kind of server answers, a password is asked for,
 * a driver library is missing. The message is one sentence for people: what was wrong, where, what to do.
 */
export class CannotConnect extends Error {
  override readonly name = "CannotConnect";
}
