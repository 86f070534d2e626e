import { CannotConnect } from "./cannot-connect.ts";
import { errorField } from "./error-field.ts";
import { whoAnswers } from "./who-answers.ts";

/** Where a connection was tried; `host` starts with `/` for a Unix socket. */
export interface Place {
  /** What should answer there: `PostgreSQL`. */
  readonly product: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** How its URLs look: `postgres://user:password@host:port/database`. */
  readonly url_form: string;
}

export const connect_limit_ms = 4_000;

/** Says in one sentence why no connection came about. */
export async function explainConnect(
  error: unknown,
  place: Place,
  wants_password: boolean,
): Promise<CannotConnect> {
  const where = `${place.host}:${place.port}`;
  const code = errorField(error, "code");
  const message = errorField(error, "message");
  const because = (sentence: string): CannotConnect =>
    new CannotConnect(sentence, { cause: error });
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return because(`There is no host "${place.host}": correct the ${place.product} URL.`);
  }
  if (code === "ECONNREFUSED" || code === "ENOENT") {
    return because(`Nobody listens at ${where}: start ${place.product} there or correct its URL.`);
  }
  if (wants_password) {
    return because(
      `${place.product} at ${where} refuses user "${place.user}" with what the URL says: ` +
        `put user and password into it, ${place.url_form}.`,
    );
  }
  const who = place.host.startsWith("/") ? undefined : await whoAnswers(place.host, place.port);
  const ours = who === undefined || place.product.startsWith(who) || place.product.includes(who);
  if (!ours) {
    return because(`At ${where} answers ${who}, not ${place.product}: correct the URL.`);
  }
  return because(
    /^\w{5}$|^ER_/.test(code)
      ? `${place.product} at ${where} refuses the connection: ${message}.`
      : `What listens at ${where} does not answer as ${place.product} does (${message}): correct the URL.`,
  );
}

/** A URL as it may be shown. */
export function withoutPassword(url: string): string {
  return url.replace(/(:\/\/[^:@/]*):[^@]*@/, "$1:…@");
}
