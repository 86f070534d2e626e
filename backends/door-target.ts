import type { Duplex } from "node:stream";
import type { Backend, Isolation } from "./backend.ts";
import type { Wire } from "./wire.ts";

/** What a door must know of the server behind it. */
export interface DoorTarget {
  readonly wire: Wire;
  /** A new connection to the server, encrypted where it wants that. */
  connect(): Promise<Duplex>;
  /** How a program reaches our database: at the server itself, or at a port of this machine instead. */
  address(port?: number): Address;
  /**
   * Before a client's first connection at this level.
   * @returns what the server is to be told on every new connection, for schedules
   */
  prepare(isolation: Isolation | undefined): Promise<readonly string[]>;
  /** Statements that give back the locks of a connection that belong to no transaction. */
  readonly unlocks: readonly string[];
  /** Resolves once the server has ended these connections, and given back their locks. */
  gone(connections: readonly number[]): Promise<void>;
  /** Ends connections that wait for something and do not notice that their client went away. */
  terminate(connections: readonly number[]): Promise<void>;
}

/** Where a program finds its database, in the ways in which programs are told. */
export interface Address {
  readonly url: string;
  /** Environment variables that libraries read by themselves. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A backend whose clients may also come with a driver of their own. */
export interface BackendWithDoor<Client> extends Backend<Client> {
  readonly door: DoorTarget;
  copyForLane?(): Promise<BackendWithDoor<Client> | undefined>;
}

/** Importers of the package see a plain Backend. @throws Error for one whose protocol no door can read */
export function doorOf(backend: Backend<unknown>): DoorTarget {
  const { door } = backend as Partial<BackendWithDoor<unknown>>;
  if (door === undefined) throw new Error(`There are no doors to ${backend.name}.`);
  return door;
}
