import type { Strategy } from "./strategy.ts";
import type { Workload } from "./workload.ts";

/** The strategies of a workload on one backend, and what must be there for all of them. */
export interface Strategies<Client = unknown, Input = unknown> {
  readonly strategies: readonly Strategy<Client, Input>[];
  /** Creates the tables; called once for each database. */
  setUp?(this: void, client: Client): Promise<void>;
}

/** A workload with its strategies on every backend, which are loaded only when they are needed. */
export interface Suite {
  readonly workload: Workload;
  /** By the name that the connected backend gives itself: a MySQL URL may lead to `mariadb`. */
  readonly strategies: Readonly<Record<string, () => Promise<Strategies>>>;
}
