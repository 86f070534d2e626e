import type pg from "pg";
import { CannotConnect } from "../cannot-connect.ts";
import { errorField } from "../error-field.ts";
import { type Address, connect_limit_ms, explainConnect, noUrl } from "../explain-connect.ts";

/** What a URL says, as `pg` reads it. */
export interface Given {
  readonly config: pg.ClientConfig;
  /** Server settings: ours, and after them those in the URL (`?options=…`). */
  readonly options: string;
  readonly database: string;
  readonly address: Address;
}

const url_form = "postgres://user:password@host:port/database";

/**
 * Limits of time that a role or a database has are meant for other programs: they would end what a schedule holds. (`pg`
 * treats an empty text as not given, and then uses PGOPTIONS.)
 */
const no_limits = ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"]
  .map((name) => `-c ${name}=0 `)
  .join("");

/** @throws CannotConnect when it is not a PostgreSQL URL */
export function givenBy(library: typeof pg, url: string): Given {
  if (!/^postgres(ql)?:\/\//.test(url)) {
    throw noUrl("PostgreSQL", url_form);
  }
  // Only the URL counts: for what is not in it, `pg` would take PGOPTIONS and PGSSLMODE from the environment.
  const { searchParams } = new URL(URL.canParse(url) ? url : "postgres://");
  const has_ssl = [...searchParams.keys()].some((name) => name.startsWith("ssl"));
  let read: pg.Client;
  try {
    read = new library.Client({ connectionString: url, ...(has_ssl ? {} : { ssl: false }) });
  } catch {
    throw noUrl("PostgreSQL", url_form); // without a cause: that has the URL in it
  }
  const { host, port, ssl } = read;
  const user = read.user ?? "";
  return {
    config: {
      host,
      port,
      user,
      password: read.password ?? undefined,
      ssl,
      application_name: "raceproof",
      connectionTimeoutMillis: connect_limit_ms,
    },
    options: no_limits + (searchParams.get("options") ?? ""),
    database: decodeURIComponent(/^[^/]+\/\/[^/]*\/([^?]*)/.exec(url)?.[1] ?? "") || "postgres",
    address: { product: "PostgreSQL", host, port, user, url_form },
  };
}

/** A plain connection of ours, outside every gate. @throws CannotConnect */
export async function connectPlainly(
  library: typeof pg,
  given: Given,
  more: pg.ClientConfig,
): Promise<pg.Client> {
  const client = new library.Client({
    ...given.config,
    database: given.database,
    options: given.options,
    ...more,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
  } catch (error) {
    void client.end().catch(() => undefined);
    throw await whyNot(error, given);
  }
  return client;
}

export function whyNot(error: unknown, given: Given): Promise<CannotConnect> {
  const wants_password =
    errorField(error, "code").startsWith("28") ||
    errorField(error, "message").includes("client password must be");
  return explainConnect(error, given.address, wants_password);
}
