import type { Backend, Isolation } from "../../backends/backend.ts";
import type { PlannedFault } from "../faults/plan.ts";
import type { Codes } from "../result.ts";
import type { Strategy } from "../strategy.ts";
import type { Workload } from "../workload.ts";

export interface LoadSize {
  readonly clients: number;
  /** Operations of each client; reads come on top. */
  readonly operations: number;
  readonly seed: number;
}

/** A load, ready to run. */
export interface LoadRun<Client> extends LoadSize {
  readonly backend: Backend<Client>;
  readonly workload: Workload;
  readonly strategy: Strategy<Client>;
  readonly isolation: Isolation | null;
  /** What the operations work on: client `n` uses number `n` modulo their count, so one key is the contended case. */
  readonly keys: readonly [string, ...string[]];
  /** How many reads come before an operation, on average, where the strategy has a read. */
  readonly read_share: number;
  /** Where the history goes. */
  readonly path: string;
  /** What is done to the servers meanwhile; clients go on until it is over. */
  readonly faults?: readonly PlannedFault[];
  /**
   * Called now and then with the number of operations that are over, however they ended; in a run with faults, with
   * the number of faults that are over.
   */
  readonly progress?: (done: number) => void;
  /** Stops the load between two operations; what was recorded so far stays. */
  readonly signal?: AbortSignal;
}

/** How fast it went, and what was done to the servers meanwhile. */
export interface Timing {
  /** How many faults of each kind were survived; absent where none were planned. */
  readonly faults?: Codes;
  /** The history had reached its limit, so that the clients stopped before they had done all. */
  readonly full?: true;
  readonly elapsed_s: number;
  readonly operations_per_s: number;
}
