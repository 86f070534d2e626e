/** The databases of a program: where their servers are, and the first of each, for the first lane. */
import type { BackendWithDoor } from "../backends/door-target.ts";
import { type Schema, withSchema } from "../backends/lane-database.ts";
import { sweep } from "../backends/leftovers.ts";
import { openLaneDatabase } from "../backends/open-lane-database.ts";
import { withoutPassword } from "../backends/without-password.ts";
import { sweptText } from "../reports/leftovers.ts";
import { BadOptions } from "../schedules/bad-options.ts";
import { type Server, type ServerKind, server_kinds } from "../servers/server.ts";
import { startServer } from "../servers/start.ts";
import type { Database, Databases } from "./explore-options.ts";

type SomeServer = Pick<Server, "url"> & Partial<Pick<Server, "source">>;

/** Whether this is one database, not several by name. */
export function isOne(databases: Databases): databases is Database {
  return typeof Object(databases).url === "string" || typeof databases !== "object";
}

/** A database for the first lane, with its schema in it. @throws BadOptions, CannotConnect, ServerUnavailable, SchemaFailed */
export async function openOne(
  name: string,
  database: Database,
  schema: Schema | undefined,
): Promise<BackendWithDoor<unknown>> {
  const server = await serverOf(name, database);
  const opened = await openLaneDatabase(server);
  if (server.source === undefined || server.source === "url") await sweepOnce(server.url);
  return withSchema(opened, schema);
}

const swept = new Set<string>();

/** The first time that a server is used, removes what killed runs have left there, and says so. */
async function sweepOnce(url: string): Promise<void> {
  if (swept.has(url)) return;
  swept.add(url);
  const found = await sweep({ url }).catch(() => undefined);
  const said = found && sweptText(withoutPassword(url), found);
  if (said !== undefined) console.warn(`raceproof: ${said}`);
}

/** The same for several databases. @throws the first error, after removing them all */
export async function openAll(
  name: string,
  databases: Readonly<Record<string, Database>>,
  schemas: unknown,
): Promise<Record<string, BackendWithDoor<unknown>>> {
  if (schemas !== undefined && typeof schemas !== "object")
    throw new BadOptions(
      `${name}: there are several databases; say by name for which \`schema\` is.`,
    );
  const opened: Record<string, BackendWithDoor<unknown>> = {};
  try {
    for (const [own, database] of Object.entries(databases))
      opened[own] = await openOne(name, database, Object(schemas)[own]);
    return opened;
  } catch (error) {
    await Promise.allSettled(Object.values(opened).map((one) => one[Symbol.asyncDispose]()));
    throw error;
  }
}

/** Servers that were started for programs that only name a kind; they end with this process. */
const started = new Map<ServerKind, Promise<Server>>();

async function serverOf(name: string, database: Database): Promise<SomeServer> {
  if (typeof database === "object" && typeof database?.url === "string") return database;
  if (typeof database !== "string") {
    throw new BadOptions(
      `${name}: \`database\` is missing; it is a kind ("postgres"), a URL, or what \`await startServer("postgres")\` gave.`,
    );
  }
  const kind = server_kinds.find((one) => one === database);
  if (kind === undefined) return { url: database };
  const server = started.get(kind) ?? startServer(kind);
  started.set(kind, server);
  // After a failed start, the next program tries again.
  server.catch(() => started.delete(kind));
  return server;
}
