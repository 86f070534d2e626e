/** The same ways of counting in MariaDB, with its own promises. */
import type { Connection } from "mysql2/promise";
import { byLevel, type Declared, fails, kept, type Promised } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { counted_twice, lost } from "../promises.ts";
import { strategies as of_mysql } from "./index.ts";

export { setUp } from "./counter-table.ts";

/** At SERIALIZABLE even a single statement fails if it waited for a row and the row changed meanwhile. */
function single(promised: Promised): Declared {
  const { under_load = [] } = promised;
  const serializable = { ...promised, under_load: [...under_load, "1020"] };
  return byLevel(promised, promised, promised, serializable);
}

const serializable = fails("1020", "1213");
const retried: Promised = { ...kept, under_load: ["refused"] };

/**
 * By default (`innodb_snapshot_isolation=ON`, since 11.6) a transaction may not write, or read with a lock, a row
 * that has changed since its snapshot: error 1020. Strategies that are not listed promise the same as in MySQL.
 */
const own: Readonly<Record<string, Declared>> = {
  "read-write-without-where": single(lost),
  "read-write": single(lost),
  "read-write-in-transaction": byLevel(lost, lost, fails("1020"), serializable),
  "select-for-update": byLevel(kept, kept, kept, fails("1020")),
  "select-for-update-without-transaction": single(lost),
  "read-then-select-for-update": byLevel(kept, kept, fails("1020"), serializable),
  "select-for-update-too-late": byLevel(lost, lost, fails("1020"), serializable),
  "select-for-share": byLevel(fails("1213"), fails("1213"), fails("1213"), serializable),
  "select-for-update-nowait": single(fails("1205")),
  "version-column": single(retried),
  "compare-and-set": single(retried),
  "compare-and-set-in-transaction": byLevel(
    fails("refused"),
    fails("refused"),
    fails("1020"),
    serializable,
  ),
  "compare-and-set-unchecked": single(lost),
  "in-place": single(kept),
  "in-place-in-transaction": byLevel(kept, kept, kept, fails("1020")),
  "in-place-after-read": byLevel(kept, kept, fails("1020"), serializable),
  upsert: single(kept),
  "upsert-first": single({ ...kept, under_load: ["1213"] }),
  "upsert-in-transaction": byLevel(kept, kept, kept, fails("1020")),
  "named-lock-released-before-commit": byLevel(kept, lost, fails("1020"), fails("1020")),
  "in-place-retried": single({ ...kept, when: { reply_lost: counted_twice } }),
  "operation-id": byLevel(kept, kept, kept, fails("1020")),
};

export const strategies: readonly Strategy<Connection>[] = of_mysql.map((strategy) => ({
  ...strategy,
  declared: own[strategy.name] ?? strategy.declared,
}));
