import type { BackendWithDoor } from "../backends/door-target.ts";
import { speakDynamodb } from "../backends/dynamodb/speaker.ts";
import { withSchema } from "../backends/lane-database.ts";
import { speakMysql } from "../backends/mysql/speaker.ts";
import { openLaneDatabase } from "../backends/open-lane-database.ts";
import { speakPostgres } from "../backends/postgres/speaker.ts";
import { speakRedis } from "../backends/redis/speaker.ts";
import type { Speaker } from "../backends/speaker.ts";
import { textsOfDump } from "../backends/sql-dump.ts";
import { speakZookeeper } from "../backends/zookeeper/speaker.ts";
import type { ServerKind } from "../servers/server.ts";

/** How to send statements to a server of each kind. */
const speakers: Readonly<Record<ServerKind, (url: string) => Promise<Speaker>>> = {
  postgres: speakPostgres,
  mysql: speakMysql,
  mariadb: speakMysql,
  redis: speakRedis,
  valkey: speakRedis,
  dynamodb: speakDynamodb,
  zookeeper: speakZookeeper,
};

/** @throws Error for what only a console can do */
function textsOf(kind: ServerKind, schema: string): string[] {
  if (kind === "postgres") return textsOfDump(schema, "postgres");
  return kind === "mysql" || kind === "mariadb" ? textsOfDump(schema, "mysql") : [schema];
}

/** The kinds of databases that a race can use: those that have doors. */
export const race_kinds: readonly ServerKind[] = Object.keys(speakers) as ServerKind[];

/** @throws whatever the server says */
export const speakTo = (kind: ServerKind, url: string): Promise<Speaker> => speakers[kind](url);

/** A statement, and the kind of database that gets it. */
export interface Statement {
  readonly kind: ServerKind;
  readonly text: string;
}

/** A database that a program uses. */
export interface RaceDatabase {
  readonly kind: ServerKind;
  readonly backend: BackendWithDoor<unknown>;
}

/** Our own databases, on servers that may be someone else's. Disposing of this removes them. */
export class RaceDatabases implements AsyncDisposable {
  readonly all: RaceDatabase[] = [];

  /**
   * Adds an empty database and creates its schema.
   * @throws CannotConnect
   * @throws SchemaFailed
   */
  async add(
    kind: ServerKind,
    server: { readonly url: string },
    schema: readonly string[],
  ): Promise<void> {
    const database = await openLaneDatabase(server);
    const saying = async (url: string): Promise<void> => {
      await using speaker = await speakTo(kind, url);
      for (const text of schema.flatMap((one) => textsOf(kind, one))) await speaker.say(text);
    };
    const backend = await withSchema(database, saying);
    this.all.push({ kind, backend });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map(({ backend }) => backend[Symbol.asyncDispose]()));
  }
}
