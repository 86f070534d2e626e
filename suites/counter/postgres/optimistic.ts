import type { Client } from "pg";
import { byLevel, fails, kept } from "../../../matrix/promise.ts";
import { Refused, type Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/postgres.ts";
import { lostInAutocommit } from "./autocommit.ts";
import { prepare, read } from "./counter-table.ts";

const attempts_max = 10;
const optimistic = { ...kept, under_load: ["refused", "40001"] };

/** Writes only if the version is still the one it read; else reads again and retries. */
export const versionColumn: Strategy<Client> = {
  name: "version-column",
  declared: optimistic,
  prepare,
  read,
  async run(client, id, _, { backoff }) {
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      const { rows } = await client.query(
        "SELECT count_value, version FROM Counter WHERE id = $1",
        [id],
      );
      const { count_value, version } = rows[0];
      const { rowCount } = await client.query(
        `UPDATE Counter SET count_value = $1, version = version + 1
         WHERE id = $2 AND version = $3`,
        [count_value + 1, id, version],
      );
      if (rowCount === 1) return count_value + 1;
      await backoff(attempt);
    }
    throw new Refused(`counter ${id} had changed at each of ${attempts_max} attempts`);
  },
};

/** The value itself is the version: enough for a number that only grows. */
export const compareAndSet: Strategy<Client> = {
  name: "compare-and-set",
  declared: optimistic,
  prepare,
  read,
  async run(client, id, _, { backoff }) {
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      const seen = await read(client, id);
      const { rowCount } = await client.query(
        "UPDATE Counter SET count_value = $1 WHERE id = $2 AND count_value = $3",
        [seen + 1, id, seen],
      );
      if (rowCount === 1) return seen + 1;
      await backoff(attempt);
    }
    throw new Refused(`counter ${id} had changed at each of ${attempts_max} attempts`);
  },
};

/** In a transaction and without a retry: the second client fails cleanly. */
export const compareAndSetInTransaction: Strategy<Client> = {
  name: "compare-and-set-in-transaction",
  declared: byLevel(fails("refused"), fails("refused"), fails("40001"), fails("40001")),
  prepare,
  read,
  run(client, id) {
    return inTransaction(client, async () => {
      const seen = await read(client, id);
      const { rowCount } = await client.query(
        "UPDATE Counter SET count_value = $1 WHERE id = $2 AND count_value = $3",
        [seen + 1, id, seen],
      );
      if (rowCount !== 1) throw new Refused(`counter ${id} was no longer ${seen}`);
      return seen + 1;
    });
  },
};

/** Compare-and-set, but the code never checks whether a row was changed. */
export const compareAndSetUnchecked: Strategy<Client> = {
  name: "compare-and-set-unchecked",
  declared: lostInAutocommit,
  prepare,
  read,
  async run(client, id) {
    const seen = await read(client, id);
    await client.query("UPDATE Counter SET count_value = $1 WHERE id = $2 AND count_value = $3", [
      seen + 1,
      id,
      seen,
    ]);
    return seen + 1;
  },
};
