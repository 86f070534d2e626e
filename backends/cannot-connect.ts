import { errorField } from "./error-field.ts";

/**
 * There is no usable session: the URL is wrong, nobody listens, another kind of server answers, a password is needed,
 * a driver library is missing, the user may not do what is needed. The message is one sentence for people: what was
 * wrong, where, what to do.
 */
export class CannotConnect extends Error {
  override readonly name = "CannotConnect";
}

/** For cleaning up: if nobody listens any more, there is nothing left to remove. @throws any other error */
export function unlessGone(error: unknown): void {
  const is_gone = /^(ECONNREFUSED|ENOENT)$/.test(errorField((error as Error).cause, "code"));
  if (!(error instanceof CannotConnect && is_gone)) throw error;
}
