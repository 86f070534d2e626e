import type { Schema } from "../backends/lane-database.ts";
import { behindDoors, behindSeveralDoors } from "../repairs/behind-doors.ts";
import type { Workshop } from "../repairs/workshop.ts";
import { BadOptions, mustBeFunctions } from "../schedules/bad-options.ts";
import type {
  Databases,
  ExploreOptions,
  ProgramOperation,
  ProgramOptions,
  UrlsOf,
} from "./explore-options.ts";
import type { SerialWish } from "./judged-program.ts";
import { closeClient, hearsErrors } from "./program-client.ts";
import { isOne, openAll, openOne } from "./program-databases.ts";
import { testName } from "./test-runner.ts";

/** A program with its own client whose databases are ready; `close` removes them. */
export interface OpenProgram<Client> {
  readonly options: ExploreOptions<Client>;
  /** Present if there is no check: the serial orders say what is right. */
  readonly serial: SerialWish<Client> | undefined;
  /** Where repairs are tried: one for each database for which some are known. */
  readonly workshops: readonly Workshop<Client>[];
  close(): Promise<void>;
}

/**
 * Works with a program while it is open.
 * @throws BadOptions, CannotConnect, ServerUnavailable, SchemaFailed; what the work throws
 */
export async function withProgram<Client, D extends Databases, T>(
  options: ProgramOptions<Client, D>,
  work: (program: OpenProgram<Client>) => Promise<T>,
): Promise<T> {
  const program = await openProgram(options);
  let done: T;
  try {
    done = await work(program);
  } catch (error) {
    // Only the first error is reported.
    await program.close().catch(() => undefined);
    throw error;
  }
  await program.close();
  return done;
}

/** Makes the databases of a program for the first lane, and the backend that opens doors to them. */
async function openProgram<Client, D extends Databases>(
  options: ProgramOptions<Client, D>,
): Promise<OpenProgram<Client>> {
  const {
    name = testName() ?? "program",
    database,
    schema,
    run,
    shared = false,
    ignore = [],
    allow = {},
    ...rest
  } = options;
  mustHaveFunctions(name, options);
  const open = async (urls: unknown): Promise<Client> => {
    const client = await options.client(urls as UrlsOf<D>);
    hearsErrors(client);
    return client;
  };
  const close = (client: Client): unknown =>
    options.close ? options.close(client) : closeClient(client);
  const { backend, workshops } = isOne(database)
    ? behindDoors<Client>(await openOne(name, database, schema as Schema | undefined), {
        open: ({ url }) => open(url),
        close,
      })
    : behindSeveralDoors<Client>(await openAll(name, database, schema), {
        open: (addresses) =>
          open(Object.fromEntries(Object.entries(addresses).map(([key, { url }]) => [key, url]))),
        close,
      });
  const operations: readonly ProgramOperation<Client>[] = typeof run === "function" ? [run] : run;
  return {
    options: {
      ...rest,
      name,
      backend,
      sharedConnection: shared,
      clients: typeof run === "function" ? (options.clients ?? 2) : run.length,
      setup: async (client, _key, clients) => options.setup(client, clients),
      run: async (client, around) =>
        operations[(around.client - 1) % operations.length]!(client, around),
      check: async (client, outcome) => options.check?.(client, outcome),
    },
    serial: options.check === undefined ? { ignore, allow, ...stateOf(options) } : undefined,
    workshops,
    close: async () => backend[Symbol.asyncDispose](),
  };
}

/** What the serial orders are told about the memory of clients. */
export function stateOf<Client>(
  options: Pick<ProgramOptions<Client>, "state">,
): Pick<SerialWish<Client>, "state"> {
  return options.state ? { state: (client) => options.state!(client) } : {};
}

function mustHaveFunctions<Client, D extends Databases>(
  name: string,
  options: ProgramOptions<Client, D>,
): void {
  const { run, clients } = options;
  const wrong = (what: string): BadOptions => new BadOptions(`${name}: ${what}`);
  const optional = (["check", "state"] as const).filter((one) => options[one] !== undefined);
  mustBeFunctions(name, { ...options }, ["client", "setup", ...optional]);
  for (const only of ["ignore", "allow", "state"] as const) {
    if (options[only] !== undefined && options.check !== undefined)
      throw wrong(`\`${only}\` is for what is compared without \`check\`, and there is one.`);
  }
  for (const [anomaly, isAllowed] of Object.entries(options.allow ?? {})) {
    if (typeof isAllowed !== "function")
      throw wrong(
        `allow["${anomaly}"] must be a function that answers whether an outcome is accepted.`,
      );
  }
  const operations: readonly unknown[] = Array.isArray(run) ? run : [run];
  if (!operations.every((operation) => typeof operation === "function"))
    throw wrong("`run` is missing; it must be a function, or several in an array.");
  if (Array.isArray(run) && clients !== undefined && clients !== run.length)
    throw wrong(
      `there are ${run.length} operations in \`run\`, each with a client of its own, and clients is ${clients}.`,
    );
}
