import { type Found, namedLeftovers } from "../leftover.ts";
import { loadDriver } from "../load-driver.ts";
import { connectPlainly, givenBy } from "./connection.ts";

/** The databases of runs at this server. @throws CannotConnect */
export async function postgresLeftovers(server: { readonly url: string }): Promise<Found> {
  const { default: library } = await loadDriver("pg", () => import("pg"));
  const connection = await connectPlainly(library, givenBy(library, server.url), {});
  const { rows } = await connection.query<{ datname: string }>("SELECT datname FROM pg_database");
  const names = rows.map(({ datname }) => datname);
  return {
    leftovers: namedLeftovers("database", "raceproof_", names, (name) =>
      connection.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
    ),
    [Symbol.asyncDispose]: () => connection.end(),
  };
}
