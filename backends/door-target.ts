import type { Duplex } from "node:stream";
import type { Backend, Isolation } from "./backend.ts";
import type { Wire } from "./wire.ts";

/** What a door must know about the server behind it. */
export interface DoorTarget {
  readonly wire: Wire;
  /** Whether `connect` logs in, so that a program needs no password. Then nobody else may come in. Default false. */
  readonly logs_in?: boolean;
  /** Opens a connection to the server, encrypted if the server requires that. */
  connect(): Promise<Duplex>;
  /** How a program reaches our database: at the server itself, or at a port of this machine instead. */
  address(port?: number): Address;
  /**
   * Called before a client's first connection at this isolation level.
   * @returns the statements that schedules need on every new connection
   */
  prepare(isolation: Isolation | undefined): Promise<readonly string[]>;
  /** Statements that release the locks of a connection that do not belong to a transaction. */
  readonly unlocks: readonly string[];
  /** Locks that outlive transactions and that these connections hold, in words. Absent if there are none here. */
  locks?(connections: readonly number[]): Promise<readonly string[]>;
  /** Resolves once the server has ended these connections and released their locks. */
  gone(connections: readonly number[]): Promise<void>;
  /** Ends what outlives its connection: a session of ZooKeeper, by its number. Absent if nothing does. */
  endSessions?(connections: readonly number[]): Promise<void>;
  /** Ends connections that wait for something and so do not notice that their client went away. */
  terminate(connections: readonly number[]): Promise<void>;
}

/** Where a program finds its database, in the forms that programs accept. */
export interface Address {
  readonly url: string;
  /** Environment variables that libraries read by themselves. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A backend whose clients may also use a driver of their own. */
export interface BackendWithDoor<Client> extends Backend<Client> {
  readonly door: DoorTarget;
  copyForLane?(): Promise<BackendWithDoor<Client> | undefined>;
}

/** The door of a backend, whose public type does not show it. @throws Error when no door can read its protocol */
export function doorOf(backend: Backend<unknown>): DoorTarget {
  const { door } = backend as Partial<BackendWithDoor<unknown>>;
  if (door === undefined) throw new Error(`There are no doors to ${backend.name}.`);
  return door;
}
