/** A database for the tests of one file. */
import type { Schema } from "../backends/lane-database.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import { startServer } from "../servers/start.ts";

/** The functions of a test runner that run something once a file. */
interface Hooks {
  readonly beforeAll: (start: () => Promise<void>, limit_ms: number) => void;
  readonly afterAll: (stop: () => Promise<void>, limit_ms: number) => void;
}

/** The part of a program that says where it runs: put it into its options, `{ ...database, client, setup, run }`. */
export interface FileDatabase {
  /** Once the tests of the file run. */
  readonly database: Pick<Server, "url" | "source">;
  readonly schema?: Schema;
}

/** A first start may download the server. */
const start_limit_ms = 300_000;

/** Starts a server before the tests of this file, and ends it after them. */
export function fileDatabase(
  { beforeAll, afterAll }: Hooks,
  kind: ServerKind,
  schema: Schema | undefined,
): FileDatabase {
  let server: Server | undefined;
  beforeAll(async () => {
    server = await startServer(kind);
  }, start_limit_ms);
  afterAll(async () => server?.[Symbol.asyncDispose](), start_limit_ms);
  return {
    ...(schema === undefined ? {} : { schema }),
    get database() {
      if (server === undefined)
        throw new Error(
          `the ${kind} of withDatabase runs only while tests do: use it inside test()`,
        );
      return server;
    },
  };
}
