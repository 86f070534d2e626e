import type { Around } from "../schedules/program.ts";
import type { Declared } from "./promise.ts";
import type { Invocation } from "./workload.ts";

export { Refused } from "../backends/refused.ts";
export type { Around } from "../schedules/program.ts";

/** One way to write the operations of a workload, as the plain code people write against the real driver client. */
export interface Strategy<Client, Input = unknown> {
  readonly name: string;
  readonly declared: Declared;
  /** All clients use one connection (a common mistake with WATCH). */
  readonly sharedConnection?: true;
  /** The driver keeps its own defaults for resending after a lost connection. */
  readonly resend?: true;
  /** Puts the row, item or key that `key` names into its first state; cheap enough to run before every schedule. */
  prepare(client: Client, key: string): Promise<void>;
  /**
   * Does one operation on the row, item or key that `key` names. Returns what its workload expects; throws when the
   * operation failed.
   */
  run(
    client: Client,
    key: string,
    operation: Invocation<Input>,
    around: Around<Client>,
  ): Promise<unknown>;
  /** Reads the state of the row, item or key that `key` names. Left out when there is no state to read. */
  read?(client: Client, key: string): Promise<unknown>;
  /** Makes the lock around `key` expire now. Only for locks with a time to live. */
  expire?(client: Client, key: string): Promise<void>;
}
