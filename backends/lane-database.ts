/**
 * A database for each lane, all made from one schema: so schedules that run side by side never meet, and a program
 * keeps its real table names and its fixed ids. Made once for each lane, not for each schedule.
 */
import { CannotConnect } from "./cannot-connect.ts";
import type { BackendWithDoor } from "./door-target.ts";

/** What is put into an empty database before the first schedule: statements, or a function that gets its URL. */
export type Schema = string | ((url: string) => unknown);

/** An empty database of our own, at a server that may be someone else's. Disposing of it removes it. */
export interface LaneDatabase extends BackendWithDoor<unknown> {
  /** Runs statements in it, several at once. Absent if the database has no statements, only commands. */
  say?(statements: string): Promise<void>;
  /** Runs a function that makes the schema. Absent if all that it can make is in this database, and so is ours. */
  overhear?(make: (url: string) => unknown): Promise<void>;
  /** Makes another empty one at the same server; it may outlive this one. Absent if the two would collide. */
  another?(): Promise<LaneDatabase>;
}

/** The schema could not be created; the original error, with its stack, is the `cause`. */
export class SchemaFailed extends Error {
  override readonly name = "SchemaFailed";
}

/**
 * The database with its schema. Its `copyForLane` makes more of them: a copy if the server can make one, else the
 * schema is run again.
 *
 * @param schema undefined: nothing is run
 * @throws SchemaFailed; then the database is removed
 */
export async function withSchema(
  database: LaneDatabase,
  schema: Schema | undefined,
): Promise<BackendWithDoor<unknown>> {
  try {
    await make(database, schema);
  } catch (error) {
    // Only the first error is reported.
    await Promise.allSettled([database[Symbol.asyncDispose]()]);
    const message = error instanceof Error ? error.message : String(error);
    const said = /^role .* does not exist$/.test(message)
      ? `${message}; \`pg_dump --no-owner --no-privileges\` names none.`
      : message;
    throw new SchemaFailed(`The schema cannot be made: ${said}`, { cause: error });
  }
  const { deadlockCheckMs } = database;
  const waitingConnections = database.waitingConnections?.bind(database);
  const heldUpBy = database.heldUpBy?.bind(database);
  const divided = database.divided?.bind(database);
  const contents = database.contents?.bind(database);
  const rows = database.rows?.bind(database);
  const skipNumbers = database.skipNumbers?.bind(database);
  return {
    name: database.name,
    server: database.server,
    prefix: database.prefix,
    isolations: database.isolations,
    door: database.door,
    open: (gate, options) => database.open(gate, options),
    waiting: (sessions) => database.waiting(sessions),
    ...(waitingConnections ? { waitingConnections } : {}),
    ...(heldUpBy ? { heldUpBy } : {}),
    ...(divided ? { divided } : {}),
    ...(contents ? { contents } : {}),
    ...(rows ? { rows } : {}),
    ...(skipNumbers ? { skipNumbers } : {}),
    ...(deadlockCheckMs === undefined ? {} : { deadlockCheckMs }),
    outcome: (error) => database.outcome(error),
    code: (error) => database.code(error),
    async copyForLane() {
      const copy = await database.copyForLane?.();
      if (copy !== undefined || database.another === undefined) return copy;
      return withSchema(await database.another(), schema);
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

async function make(database: LaneDatabase, schema: Schema | undefined): Promise<void> {
  if (typeof schema === "function" && database.overhear) await database.overhear(schema);
  else if (typeof schema === "function") await schema(database.door.address().url);
  else if (schema !== undefined && database.say) await database.say(schema);
  else if (schema !== undefined)
    throw new CannotConnect(`${database.server} has no schema in words: give a function.`);
}
