import type { Connection, ResultSetHeader, RowDataPacket } from "mysql2/promise";
import { byLevel, fails, kept } from "../../../matrix/promise.ts";
import { Refused, type Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/mysql.ts";
import { lost } from "../promises.ts";
import { prepare, read } from "./counter-table.ts";

const attempts_max = 10;
const optimistic = { ...kept, under_load: ["refused"] };

async function compareAndWrite(connection: Connection, id: string, seen: number): Promise<boolean> {
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(
    "UPDATE Counter SET count_value = ? WHERE id = ? AND count_value = ?",
    [seen + 1, id, seen],
  );
  return affectedRows === 1;
}

/** Writes only if the version is still the one it read; else reads again and retries. */
export const versionColumn: Strategy<Connection> = {
  name: "version-column",
  declared: optimistic,
  prepare,
  read,
  async run(connection, id, _, { backoff }) {
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      const [rows] = await connection.query<RowDataPacket[]>(
        "SELECT count_value, version FROM Counter WHERE id = ?",
        [id],
      );
      const { count_value, version } = rows[0]!;
      const [{ affectedRows }] = await connection.query<ResultSetHeader>(
        "UPDATE Counter SET count_value = ?, version = version + 1 WHERE id = ? AND version = ?",
        [count_value + 1, id, version],
      );
      if (affectedRows === 1) return count_value + 1;
      await backoff(attempt);
    }
    throw new Refused(`counter ${id} had changed at each of ${attempts_max} attempts`);
  },
};

/** The value itself is the version: enough for a number that only grows. */
export const compareAndSet: Strategy<Connection> = {
  name: "compare-and-set",
  declared: optimistic,
  prepare,
  read,
  async run(connection, id, _, { backoff }) {
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      const seen = await read(connection, id);
      if (await compareAndWrite(connection, id, seen)) return seen + 1;
      await backoff(attempt);
    }
    throw new Refused(`counter ${id} had changed at each of ${attempts_max} attempts`);
  },
};

/** In a transaction and without a retry: the second client fails cleanly. */
export const compareAndSetInTransaction: Strategy<Connection> = {
  name: "compare-and-set-in-transaction",
  declared: byLevel(fails("refused"), fails("refused"), fails("refused"), fails("1213")),
  prepare,
  read,
  run(connection, id) {
    return inTransaction(connection, async () => {
      const seen = await read(connection, id);
      if (await compareAndWrite(connection, id, seen)) return seen + 1;
      throw new Refused(`counter ${id} was no longer ${seen}`);
    });
  },
};

/** Compare-and-set, but the code never checks whether a row was changed. */
export const compareAndSetUnchecked: Strategy<Connection> = {
  name: "compare-and-set-unchecked",
  declared: lost,
  prepare,
  read,
  async run(connection, id) {
    const seen = await read(connection, id);
    await compareAndWrite(connection, id, seen);
    return seen + 1;
  },
};
