import type * as Sdk from "@aws-sdk/client-dynamodb";
import { type Backend, open_gate } from "../backend.ts";
import type { LaneDatabase } from "../lane-database.ts";
import { overheard } from "../overheard.ts";
import { configFor, loadSdk, probe } from "./connect.ts";
import { contentsOf, rowsOf } from "./contents.ts";
import { DynamodbDoorTarget } from "./door-target.ts";
import { code, outcome } from "./errors.ts";
import { markTable } from "./leftovers.ts";
import { DynamodbSession, type Owner } from "./session.ts";
import { speakDynamodb } from "./speaker.ts";

const dispose_limit_ms = 5_000;

/** @ts-ignore Without the SDK installed this is `any`, and no error in our declarations. */
type Client = import("@aws-sdk/client-dynamodb").DynamoDBClient;

/**
 * DynamoDB Local through the AWS SDK.
 * @param server its endpoint, `http://127.0.0.1:8000`; and `product`, if the process told its version at its start
 * @throws CannotConnect in one sentence
 * @example
 * import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
 * import { connectDynamodb, startServer } from "raceproof";
 *
 * const server = await startServer("dynamodb"); // or { url: "http://…" }
 * const dynamodb = await connectDynamodb(server);
 * const { client } = await dynamodb.open(); // a DynamoDBClient
 * console.log(Array.isArray((await client.send(new ListTablesCommand())).TableNames)); // true
 * await dynamodb[Symbol.asyncDispose]();
 * await server[Symbol.asyncDispose]();
 */
export function connectDynamodb(server: DynamodbServer): Promise<Backend<Client>> {
  return connectWith(server);
}

/** An endpoint; and `product`, if the process told its version at its start. */
export interface DynamodbServer {
  readonly url: string;
  readonly product?: string;
}

/**
 * The same, for programs that come through a door. DynamoDB has no databases, only tables: the tables that are created
 * through it are ours, and are removed at the end. There is only one, because the tables of two would collide.
 */
export function dynamodbLaneDatabase(server: DynamodbServer): Promise<LaneDatabase> {
  return connectWith(server);
}

async function connectWith(server: DynamodbServer): Promise<LaneDatabase & Backend<Client>> {
  const library = await loadSdk();
  const config = configFor(server.url);
  const product = await probe(library, config, server.url);
  const sessions = new Set<DynamodbSession>();
  const tables = new Set<string>();
  /** Tables that were used, including those that existed before. */
  const touched = new Set<string>();
  let reader: Sdk.DynamoDBClient | undefined;
  const owner: Owner = {
    key_names: new Map(),
    created: (table) => tables.add(table),
    touched: (names) => names.forEach((table) => touched.add(table)),
    disposed: (session) => sessions.delete(session),
  };

  const door = new DynamodbDoorTarget(server.url, owner);
  const overhear = async (make: (url: string) => unknown): Promise<void> => {
    await overheard(door, make);
    reader ??= new library.DynamoDBClient(config);
    for (const table of [...tables]) {
      const marking = await markTable(library, reader, table);
      if (marking !== undefined) tables.add(marking);
    }
  };

  return {
    door,
    say: (statements) =>
      overhear(async (url) => {
        await using speaker = await speakDynamodb(url);
        await speaker.say(statements);
      }),
    overhear,
    name: "dynamodb",
    server: server.product ?? product,
    // The table is ours, so its keys need no prefix.
    prefix: "",
    isolations: [],
    async open(gate = open_gate, { resend = false } = {}) {
      const session = new DynamodbSession(library, config, gate, resend, owner);
      sessions.add(session);
      return session;
    },
    // In DynamoDB a request never waits for another: one of the two is refused.
    waiting: async () => new Set(),
    contents(key) {
      reader ??= new library.DynamoDBClient(config);
      return contentsOf(library, reader, touched, key);
    },
    rows() {
      reader ??= new library.DynamoDBClient(config);
      return rowsOf(library, reader, touched);
    },
    outcome,
    code,
    async [Symbol.asyncDispose]() {
      await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()));
      reader?.destroy();
      await deleteTables(library, config, tables);
    },
  };
}

/** A server that is gone has nothing left to delete. */
async function deleteTables(
  library: typeof Sdk,
  config: Sdk.DynamoDBClientConfig,
  tables: Set<string>,
): Promise<void> {
  if (tables.size === 0) return;
  const client = new library.DynamoDBClient({ ...config, maxAttempts: 1 });
  const abortSignal = AbortSignal.timeout(dispose_limit_ms);
  const deleting = [...tables].map((TableName) =>
    client.send(new library.DeleteTableCommand({ TableName }), { abortSignal }),
  );
  await Promise.allSettled(deleting);
  client.destroy();
}
