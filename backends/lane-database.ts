/**
 * A database for each lane, all of them made from one schema: schedules that run side by side never meet, and so a
 * program keeps its real names of tables and its fixed ids. Once a lane, not once a schedule.
 */
import { CannotConnect } from "./cannot-connect.ts";
import type { BackendWithDoor } from "./door-target.ts";

/** What an empty database gets before the first schedule: statements, or a function that is given its URL. */
export type Schema = string | ((url: string) => unknown);

/** An empty database of our own, at a server that may be someone else's. Its disposal removes it. */
export interface LaneDatabase extends BackendWithDoor<unknown> {
  /** Says statements in it, several at once. Absent where there are no statements, only commands. */
  say?(statements: string): Promise<void>;
  /** Another empty one at the same server; it may outlive this one. Absent where two would meet. */
  another?(): Promise<LaneDatabase>;
}

/** The schema could not be made; its own error, with its stack, is the `cause`. */
export class SchemaFailed extends Error {
  override readonly name = "SchemaFailed";
}

/**
 * The database with its schema in it. Its `copyForLane` makes more of them: a copy where the server can make one,
 * else the schema is made again.
 *
 * @param schema is not run where it is undefined
 * @throws SchemaFailed after which the database is removed
 */
export async function withSchema(
  database: LaneDatabase,
  schema: Schema | undefined,
): Promise<BackendWithDoor<unknown>> {
  try {
    await make(database, schema);
  } catch (error) {
    await database[Symbol.asyncDispose]();
    const said = error instanceof Error ? error.message : String(error);
    throw new SchemaFailed(`The schema cannot be made: ${said}`, { cause: error });
  }
  const { deadlockCheckMs } = database;
  const waitingConnections = database.waitingConnections?.bind(database);
  const contents = database.contents?.bind(database);
  const rows = database.rows?.bind(database);
  return {
    name: database.name,
    server: database.server,
    prefix: database.prefix,
    isolations: database.isolations,
    door: database.door,
    open: (gate, options) => database.open(gate, options),
    waiting: (sessions) => database.waiting(sessions),
    ...(waitingConnections ? { waitingConnections } : {}),
    ...(contents ? { contents } : {}),
    ...(rows ? { rows } : {}),
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
  if (typeof schema === "function") await schema(database.door.address().url);
  else if (schema !== undefined && database.say) await database.say(schema);
  else if (schema !== undefined)
    throw new CannotConnect(`${database.server} has no schema in words: give a function.`);
}
