import { withSchema } from "./backends/lane-database.ts";
import { openLaneDatabase } from "./backends/open-lane-database.ts";
import type {
  Database,
  ExploreOptions,
  ProgramOperation,
  ProgramOptions,
} from "./explore-options.ts";
import { closeClient, hearsErrors } from "./program-client.ts";
import { BadOptions } from "./schedules/bad-options.ts";
import { throughDoors } from "./schedules/doors/door-backend.ts";
import { type Server, type ServerKind, server_kinds } from "./servers/server.ts";
import { startServer } from "./servers/start.ts";
import { testName } from "./test-runner.ts";

/** A program of its own whose databases are there; `close` removes them. */
export interface OpenProgram<Client> {
  readonly options: ExploreOptions<Client>;
  close(): Promise<void>;
}

/**
 * Makes the first database of a program, and what opens the doors to it.
 * @throws BadOptions, CannotConnect, ServerUnavailable, SchemaFailed
 */
export async function openProgram<Client>(
  options: ProgramOptions<Client>,
): Promise<OpenProgram<Client>> {
  const { name = testName() ?? "program", database, schema, run, ...rest } = options;
  mustHaveFunctions(name, options);
  const made = await withSchema(await openLaneDatabase(await serverOf(name, database)), schema);
  const backend = throughDoors<Client>(made, {
    async open({ url }) {
      const client = await options.client(url);
      hearsErrors(client);
      hearsErrors(Object(client)["$client"]);
      return client;
    },
    close: (client) => (options.close ? options.close(client) : closeClient(client)),
  });
  const operations: readonly ProgramOperation<Client>[] = typeof run === "function" ? [run] : run;
  return {
    options: {
      ...rest,
      name,
      backend,
      clients: typeof run === "function" ? (options.clients ?? 2) : run.length,
      setup: async (client) => options.setup(client),
      run: async (client, around) =>
        operations[(around.client - 1) % operations.length]!(client, around),
      check: async (client, outcome) => options.check(client, outcome),
    },
    close: async () => backend[Symbol.asyncDispose](),
  };
}

function mustHaveFunctions<Client>(name: string, options: ProgramOptions<Client>): void {
  const { run, clients } = options;
  const wrong = (what: string): BadOptions => new BadOptions(`${name}: ${what}`);
  for (const needed of ["client", "setup", "check"] as const) {
    if (typeof options[needed] !== "function")
      throw wrong(`\`${needed}\` is missing; it must be a function.`);
  }
  const operations: readonly unknown[] = Array.isArray(run) ? run : [run];
  if (!operations.every((operation) => typeof operation === "function"))
    throw wrong("`run` is missing; it must be a function, or several in an array.");
  if (Array.isArray(run) && clients !== undefined && clients !== run.length)
    throw wrong(
      `there are ${run.length} operations in \`run\`, each with a client of its own, and clients is ${clients}.`,
    );
}

/** Servers that are started for programs that only say of which kind; they end with this process. */
const started = new Map<ServerKind, Promise<Server>>();

async function serverOf(name: string, database: Database): Promise<{ readonly url: string }> {
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
  // Whoever comes after one that failed tries again.
  server.catch(() => started.delete(kind));
  return server;
}
