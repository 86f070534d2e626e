import type { Isolation } from "../backends/backend.ts";

/** What a strategy promises on one backend at one isolation level. */
export interface Promised {
  /** What becomes of acknowledged increments: `unique` = numbers are unique, with gaps (sequences). */
  readonly updates: "kept" | "lost" | "unique";
  /** Codes with which an increment fails cleanly in some interleaving of two clients. */
  readonly fails?: readonly string[];
  /** Codes that only more clients or longer runs bring out (retries used up). */
  readonly fails_under_load?: readonly string[];
  /** When one reply is lost. Default `unknown`: the client sees an error and says so. */
  readonly reply_lost?: "unknown" | "counts twice";
  /** When the lock expires, or its holder dies, in the middle. Default `kept`. */
  readonly lock_lost?: "kept" | "lost";
}

/** One promise for all levels, or one a level; a level that is missing is not run. */
export type Declared = Promised | Readonly<Partial<Record<Isolation, Promised>>>;

/** What the surroundings of an application give to its code. */
export interface Surroundings<Client> {
  /** Waits before attempt number `attempt` (1, 2, …): exponential with seeded jitter; no time inside a schedule. */
  backoff(attempt: number): Promise<void>;
  /** A fresh connection in place of a broken one, as a pool would give. */
  reconnect(): Promise<Client>;
}

/** One way to increment a counter, as the plain code people write against the real driver client. */
export interface Strategy<Client> {
  readonly name: string;
  readonly declared: Declared;
  /** All clients use one connection (a common mistake with WATCH). */
  readonly shared_connection?: true;
  /** The driver keeps its own defaults for resending after a lost connection. */
  readonly resend?: true;
  /** The counter `key` is there and stands at 0; cheap enough to run before every schedule. */
  prepare(client: Client, key: string): Promise<void>;
  /** Adds one. Answers the new value where this way of writing it learns it. Throws when it did not work. */
  increment(client: Client, key: string, around: Surroundings<Client>): Promise<number | void>;
  read(client: Client, key: string): Promise<number>;
}

/** The client itself saw that it came too late: nothing was written. Recorded as `fail`, code `refused`. */
export class Refused extends Error {
  readonly code = "refused";
}
