import type { Backend, Isolation } from "../backends/backend.ts";
import type { Program } from "./program.ts";
import type { FaultWish } from "./schedule.ts";
import type { Branch } from "./search/branch.ts";

export interface ExplorationOptions<Client> {
  readonly backend: Backend<Client>;
  readonly program: Program<Client>;
  /** Begins the keys that the schedules work on, one a lane. */
  readonly name: string;
  /**
   * Each lane's database is its own, and the program uses its real names in it: there is no key. Its clients are
   * its own, too: a schedule that nobody counts warms their connections up.
   */
  readonly own_database?: boolean;
  readonly clients: number;
  /** Each client. Default 1. */
  readonly operations?: number;
  readonly isolation?: Isolation | undefined;
  /** The driver keeps its own defaults for resending. */
  readonly resend?: boolean;
  /** `exhaustive`: every interleaving. `random`: PCT and uniform choices from `seed`. */
  readonly search: "exhaustive" | "random";
  /** Leave out schedules that differ only in steps that commute. Default true. */
  readonly prune?: boolean;
  /** At most so many. Default 20,000 for an exhaustive search, 200 for a random one. */
  readonly schedules?: number;
  /** Of an exhaustive search without faults: only these branches, which another one has left. */
  readonly branches?: readonly Branch[] | undefined;
  /** Default 1. */
  readonly seed?: number;
  /** Of a random search: so many schedules of the seed are somebody else's. Default 0. */
  readonly skips?: number;
  /** One fault of these kinds at every step (exhaustive), or at a random one. */
  readonly faults?: readonly FaultWish[];
  /** A failure is made as small as possible. Default true. */
  readonly shrinks?: boolean;
  /** If nothing fails, also play one schedule to be looked at, in which the clients take turns. Default false. */
  readonly example?: boolean;
  /** Go on after a failure, to count all outcomes. Default false. */
  readonly keep_going?: boolean;
  /**
   * At most so many schedules side by side, each in a database of its own. Default 4. A search begins with one,
   * and stays with one where the backend cannot copy its database.
   */
  readonly lanes?: number;
  /** How many schedules one lane runs before more are made: they cost about as much. Default 100. */
  readonly grow_after?: number;
  /** How long a client may be busy outside the database while nobody else can go. Default 2,000 ms. */
  readonly busy_limit_ms?: number;
  /** How long a client inside the process is waited for at first, while others could go. Default 100 ms. */
  readonly patience_ms?: number;
  /** At most so many steps in a schedule. Default 1,000. */
  readonly step_limit?: number;
  readonly stuck_limit_ms?: number;
  /** No schedule begins later than this after the start. Default none. */
  readonly time_limit_ms?: number | undefined;
  readonly signal?: AbortSignal;
  /** Called after every schedule. */
  readonly progress?: (schedules: number) => void;
}

/** How many operations each client does. */
export const sizeOf = ({
  clients,
  operations = 1,
}: Pick<ExplorationOptions<never>, "clients" | "operations">): number[] =>
  Array.from({ length: clients }, () => operations);
