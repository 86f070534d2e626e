import type { Isolation } from "../backends/backend.ts";

/**
 * What a strategy promises on one backend at one isolation level. Anomalies have the names that the workload gives
 * them; errors are named by their codes. An empty promise is the best one: nothing goes wrong.
 */
export interface Promised {
  /** The anomalies that two clients show in some interleaving. A run must find each of them, and no other. */
  readonly shows?: readonly string[];
  /** Codes with which an operation fails cleanly in some interleaving of two clients. */
  readonly fails?: readonly string[];
  /** Anomalies and error codes that may show only with more clients or in longer runs, such as retries used up. */
  readonly under_load?: readonly string[];
  /** What a fault leads to. */
  readonly when?: {
    /** The reply to one request is lost. */
    readonly reply_lost?: AfterFault;
    /** The lock expires, or its holder dies, while its holder is at work. */
    readonly lock_lost?: AfterFault;
    /** A server that is meant to be durable is killed. */
    readonly killed?: AfterFault;
  };
  /** `none`: no operation ever succeeds. Default: some do. */
  readonly progress?: "none";
}

/**
 * The first anomaly must show in some schedule with the fault. In a load the same mistake may also show as one of
 * the others.
 */
export type AfterFault = readonly [string, ...string[]];

/** One promise for all levels, or one for each level; a level that is missing is not run. */
export type Declared = Promised | Readonly<Partial<Record<Isolation, Promised>>>;

/** Nothing goes wrong. */
export const kept: Promised = {};

/** Nothing goes wrong, at the price of clean failures with these codes. */
export const fails = (...codes: string[]): Promised => ({ fails: codes });

/**
 * A promise for each level, in the order of the standard: READ UNCOMMITTED, READ COMMITTED, REPEATABLE READ,
 * SERIALIZABLE.
 */
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
  if (!isByLevel(declared)) return declared as Promised;
  return isolation === null ? undefined : declared[isolation];
}

/** All promises in it, whatever their level. */
export function promisesIn(declared: Declared): Promised[] {
  return isByLevel(declared) ? Object.values(declared) : [declared as Promised];
}

const isByLevel = (declared: Declared): declared is Partial<Record<Isolation, Promised>> =>
  Object.keys(declared).some((name) => name === name.toUpperCase());
