import type { Connection, ConnectionOptions } from "mysql2/promise";
import { errorField } from "../error-field.ts";
import { type Address, connect_limit_ms, explainConnect, noUrl } from "../explain-connect.ts";
import { hostIn } from "../url-host.ts";

/** mysql2/promise, loaded when it is first needed. */
export type Library = typeof import("mysql2/promise");

/** What a URL contains. */
export interface Given {
  readonly options: ConnectionOptions;
  readonly address: Address;
}

const url_form = "mysql://user:password@host:port/database";

/** @throws CannotConnect when it is not a MySQL URL */
export function givenBy(url: string): Given {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^(mysql|mariadb):\/\/./.test(parsed.href)) {
    throw noUrl("MySQL", url_form);
  }
  const address: Address = {
    product: "MySQL or MariaDB",
    host: parsed.searchParams.get("socketPath") ?? hostIn(parsed),
    port: Number(parsed.port || 3306),
    user: decodeURIComponent(parsed.username),
    url_form,
    ...(parsed.searchParams.has("ssl") ? {} : { encryption: "?ssl={}" }),
  };
  // We work in a database of our own: the one in the URL need not exist.
  parsed.pathname = "";
  return { options: { uri: parsed.href, connectTimeout: connect_limit_ms }, address };
}

/** @throws CannotConnect in one sentence. */
export async function connectTo(
  library: Library,
  given: Given,
  more: ConnectionOptions,
): Promise<Connection> {
  try {
    const connection = await library.createConnection({ ...given.options, ...more });
    // Without a listener the loss of an idle connection would end the process.
    connection.on("error", () => undefined);
    return connection;
  } catch (error) {
    const wants_password = errorField(error, "errno") === "1045";
    throw await explainConnect(error, given.address, wants_password);
  }
}
