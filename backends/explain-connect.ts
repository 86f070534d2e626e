import { adviceOn } from "./advice.ts";
import { CannotConnect } from "./cannot-connect.ts";
import { errorField } from "./error-field.ts";
import { hostForUrl } from "./url-host.ts";
import { whoAnswers } from "./who-answers.ts";

/** Where a connection was attempted; `host` starts with `/` for a Unix socket. */
export interface Address {
  /** What should answer there: `PostgreSQL`. */
  readonly product: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** The form of its URLs: `postgres://user:password@host:port/database`. */
  readonly url_form: string;
  /** What asks for encryption, where a server that demands it does not say so. */
  readonly encryption?: string;
}

/** For people: `PostgreSQL at db:5432`. */
export const placeOf = (address: Address): string => `${address.product} at ${whereIs(address)}`;

/** `db:5432`, `[::1]:5432`, `/run/mysqld.sock`. */
export const whereIs = ({ host, port }: Pick<Address, "host" | "port">): string =>
  host.startsWith("/") ? host : `${hostForUrl(host)}:${port}`;

export const connect_limit_ms = 4_000;

/** Says in one sentence why no connection came about. */
export async function explainConnect(
  error: unknown,
  address: Address,
  wants_password: boolean,
): Promise<CannotConnect> {
  const where = whereIs(address);
  const code = errorField(error, "code");
  const message = errorField(error, "message");
  const because = (sentence: string): CannotConnect =>
    new CannotConnect(sentence, { cause: error });
  const advice = adviceOn(code, message);
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return because(`There is no host "${address.host}": correct the ${address.product} URL.`);
  }
  if (code === "ECONNREFUSED" || code === "ENOENT") {
    return because(
      `Nobody listens at ${where}: start ${address.product} there or correct its URL.`,
    );
  }
  if (advice !== undefined && !isLost(code, message)) {
    return because(
      `${address.product} at ${where} refuses the connection, "${message}": ${advice}.`,
    );
  }
  if (wants_password) {
    return because(
      `${address.product} at ${where} refuses user "${address.user}" with what the URL says: ` +
        `put user and password into it, ${address.url_form}` +
        (address.encryption === undefined
          ? "."
          : `; one who must come encrypted is refused so, too: add ${address.encryption}.`),
    );
  }
  const who = address.host.startsWith("/")
    ? undefined
    : await whoAnswers(address.host, address.port);
  const ours =
    who === undefined || address.product.startsWith(who) || address.product.includes(who);
  if (!ours) {
    return because(`At ${where} answers ${who}, not ${address.product}: correct the URL.`);
  }
  if (who !== undefined && isLost(code, message)) {
    return because(
      `${address.product} at ${where} closes the connection (${message}): it may have reached its limit of ` +
        "connections, or be about to end; its log says more.",
    );
  }
  return because(
    isAnswer(code)
      ? `${address.product} at ${where} refuses the connection: ${message}.`
      : `What listens at ${where} does not answer as ${address.product} does (${message}): correct the URL, or look ` +
          "at the server's log if it is the right one.",
  );
}

/** Before it was made, that says little: another kind of server may answer, or want encryption. */
const isLost = (code: string, message: string): boolean =>
  /^(ECONN|EPIPE|PROTOCOL_)/.test(code) || /Connection (terminated|is closed)/.test(message);

/** Whether the code comes from the server: an SQLSTATE, or a MySQL name. */
const isAnswer = (code: string): boolean => /^(?!EPIPE)\w{5}$|^ER_/.test(code);

/**
 * For a text that is not a URL. The text is not shown, because it cannot be told where its password begins and ends.
 * @param url_form what the URL should look like
 */
export function noUrl(product: string, url_form: string): CannotConnect {
  return new CannotConnect(
    `The URL of ${product} cannot be read (it may hold a password, so it is not shown): write ${url_form}. ` +
      "In user and password, write / as %2F, @ as %40, : as %3A, # as %23, ? as %3F, % as %25.",
  );
}
