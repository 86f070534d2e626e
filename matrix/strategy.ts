import type { Isolation } from "../backends/backend.ts";

export { Refused } from "../backends/refused.ts";

/** What a strategy promises on one backend at one isolation level. */
export interface Promised {
  /** What becomes of acknowledged increments: `unique` = numbers are unique, with gaps (sequences). */
  readonly updates: "kept" | "lost" | "unique";
  /** Codes with which an increment fails cleanly in some interleaving of two clients. */
  readonly fails?: readonly string[];
  /** Codes that only more clients or longer runs bring out (retries used up). */
  readonly fails_under_load?: readonly string[];
  /** `wrong`: the number that an increment answers may be another's. Default `own`. */
  readonly answers?: "own" | "wrong";
  /** `none`: no increment ever gets through. Default `some`. */
  readonly progress?: "some" | "none";
  /** When one reply is lost. Default `unknown`: the client sees an error and says so. */
  readonly reply_lost?: "unknown" | "counts twice";
  /** When the lock expires, or its holder dies, in the middle. Default `kept`. */
  readonly lock_lost?: "kept" | "lost";
  /** What was acknowledged when a durable server is killed. Default `kept`. */
  readonly killed?: "kept" | "lost";
}

/** One promise for all levels, or one a level; a level that is missing is not run. */
export type Declared = Promised | Readonly<Partial<Record<Isolation, Promised>>>;

export const kept: Promised = { updates: "kept" };
export const lost: Promised = { updates: "lost" };
/** Keeps every update, at the price of clean failures with these codes. */
export const fails = (...codes: string[]): Promised => ({ updates: "kept", fails: codes });

/** A promise a level, in the order of the standard: READ UNCOMMITTED, READ COMMITTED, REPEATABLE READ, SERIALIZABLE. */
export function byLevel(ru: Promised, rc: Promised, rr: Promised, ser: Promised): Declared {
  return {
    "READ UNCOMMITTED": ru,
    "READ COMMITTED": rc,
    "REPEATABLE READ": rr,
    SERIALIZABLE: ser,
  };
}

/** The promise at a level (null where the backend has none); undefined when the strategy is not run there. */
export function promisedAt(declared: Declared, isolation: Isolation | null): Promised | undefined {
  if ("updates" in declared) return declared;
  return isolation === null ? undefined : declared[isolation];
}

/** What the surroundings of an application give to its code. */
export interface Surroundings<Client> {
  /** The caller's idempotency key: one an increment, the same for every try of it. */
  readonly request_id: string;
  /** Waits before attempt number `attempt` (1, 2, …): exponential with seeded jitter; no time inside a schedule. */
  readonly backoff: (attempt: number) => Promise<void>;
  /** A fresh connection in place of a broken one, as a pool would give. */
  readonly reconnect: () => Promise<Client>;
}

/** One way to increment a counter, as the plain code people write against the real driver client. */
export interface Strategy<Client> {
  readonly name: string;
  readonly declared: Declared;
  /** Touches more than its own key (a statement without WHERE): one of it at a time. */
  readonly alone?: true;
  /** All clients use one connection (a common mistake with WATCH). */
  readonly shared_connection?: true;
  /** The driver keeps its own defaults for resending after a lost connection. */
  readonly resend?: true;
  /** The counter `key` is there and stands at 0; cheap enough to run before every schedule. */
  prepare(client: Client, key: string): Promise<void>;
  /** Adds one. Answers the new value where this way of writing it learns it. Throws when it did not work. */
  increment(client: Client, key: string, around: Surroundings<Client>): Promise<number | void>;
  read(client: Client, key: string): Promise<number>;
  /** Makes the lock around the counter expire now, where it has a time to live. */
  readonly expire?: (client: Client, key: string) => Promise<void>;
}
