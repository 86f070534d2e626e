/** MariaDB with `innodb_snapshot_isolation=OFF`: the same promises as MySQL, except for the error code of NOWAIT. */
import type { Connection } from "mysql2/promise";
import { fails } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { strategies as of_mysql } from "./index.ts";

export { setUp } from "./counter-table.ts";

export const strategies: readonly Strategy<Connection>[] = of_mysql.map((strategy) =>
  strategy.name === "select-for-update-nowait"
    ? { ...strategy, declared: fails("1205") }
    : strategy,
);
