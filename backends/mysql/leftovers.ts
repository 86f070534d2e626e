import type { RowDataPacket } from "mysql2/promise";
import { type Found, namedLeftovers } from "../leftover.ts";
import { loadDriver } from "../load-driver.ts";
import { connectTo, givenBy } from "./connection.ts";

/** How long to wait for a table that is still locked by a connection that the server believes to be alive. */
const drop_limit_s = 10;

/** The databases of runs at this server that this user may see. @throws CannotConnect */
export async function mysqlLeftovers(server: { readonly url: string }): Promise<Found> {
  const { default: library } = await loadDriver("mysql2", () => import("mysql2/promise"));
  const connection = await connectTo(library, givenBy(server.url), {});
  await connection.query(`SET SESSION lock_wait_timeout = ${drop_limit_s}`);
  const [rows] = await connection.query<RowDataPacket[]>("SHOW DATABASES");
  const names = rows.map((row) => String(Object.values(row)[0]));
  return {
    leftovers: namedLeftovers("database", "raceproof_", names, (name) =>
      connection.query(`DROP DATABASE IF EXISTS ${name}`),
    ),
    [Symbol.asyncDispose]: () => connection.end(),
  };
}
