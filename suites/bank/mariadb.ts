/** The same ways to transfer in MariaDB, with its own promises. */
import type { Connection } from "mysql2/promise";
import { byLevel, type Declared, type Promised } from "../../matrix/promise.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import { strategies as of_mysql } from "./mysql.ts";
import { fails, overdraws, right, underLoad, wrongTotal } from "./promises.ts";
import type { Transfer } from "./transfer.ts";

export { setUp } from "./mysql.ts";

/** The row has changed since the transaction's snapshot was taken. */
const changed = "1020";
const deadlock = "1213";

const below = (promised: Promised): Promised => underLoad(promised, deadlock);
const dirty = (promised: Promised): Promised => underLoad(promised, deadlock, "wrong total");
const refused = underLoad(fails(changed), deadlock);
const serializable = fails(changed, deadlock);

/** At SERIALIZABLE even a single statement fails if it waited for a row and the row changed meanwhile. */
const single = (promised: Promised): Declared =>
  byLevel(promised, promised, promised, underLoad(promised, changed));

/**
 * By default (`innodb_snapshot_isolation=ON`) a transaction may not write a row that has changed since its
 * snapshot.
 */
const own: Readonly<Record<string, Declared>> = {
  "read-write": single(wrongTotal),
  "read-write-in-transaction": byLevel(dirty(wrongTotal), below(wrongTotal), refused, serializable),
  "select-for-update": byLevel(dirty(right), right, right, fails(changed)),
  "in-place-after-check": byLevel(dirty(overdraws), below(overdraws), refused, serializable),
  "in-place": byLevel(dirty(right), below(right), below(right), refused),
  "in-place-without-transaction": single({
    ...underLoad(right, "wrong total"),
    when: { reply_lost: ["wrong total"] },
  }),
  "one-statement": byLevel(
    dirty(right),
    below(right),
    below(right),
    underLoad(right, deadlock, changed),
  ),
  "serializable-retried": { SERIALIZABLE: underLoad(right, deadlock, changed) },
};

export const strategies: readonly Strategy<Connection, Transfer>[] = of_mysql.map((strategy) => ({
  ...strategy,
  declared: own[strategy.name] ?? strategy.declared,
}));
