/** The same ways to hand out numbers in MariaDB, with its own promises. */
import type { Connection } from "mysql2/promise";
import { byLevel, fails, type Promised } from "../../matrix/promise.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import { strategies as of_mysql } from "./mysql.ts";

export { setUp } from "./mysql.ts";

const taken = fails("1062");

/**
 * By default (`innodb_snapshot_isolation=ON`, since 11.6) even a single statement at SERIALIZABLE fails with
 * 1020 if it waited for a row that changed meanwhile: here, for the row of another client that takes the same
 * number. Schedules of two clients never show this, as the second client finds the row already there.
 */
const taken_or_changed: Promised = { ...taken, under_load: ["1020"] };

export const strategies: readonly Strategy<Connection>[] = of_mysql.map((strategy) =>
  strategy.name === "max-plus-one-unique-index"
    ? { ...strategy, declared: byLevel(taken, taken, taken, taken_or_changed) }
    : strategy,
);
