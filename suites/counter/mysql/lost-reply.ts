import type { Connection, ResultSetHeader } from "mysql2/promise";
import { kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/mysql.ts";
import { counted_twice } from "../promises.ts";
import { prepare, read } from "./counter-table.ts";

const connectionLost = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  (error.code === "PROTOCOL_CONNECTION_LOST" || error.code === "ECONNRESET");

async function addOne(connection: Connection, id: string): Promise<void> {
  await connection.query("UPDATE Counter SET count_value = count_value + 1 WHERE id = ?", [id]);
}

/** "The connection broke, so try again": but the server may have counted already. */
export const inPlaceRetried: Strategy<Connection> = {
  name: "in-place-retried",
  declared: { ...kept, when: { reply_lost: counted_twice } },
  prepare,
  read,
  async run(connection, id, _, { reconnect }) {
    try {
      await addOne(connection, id);
    } catch (error) {
      if (!connectionLost(error)) throw error;
      await addOne(await reconnect(), id);
    }
  },
};

/** The request's id is written in the same transaction: a second try finds it and does nothing. */
export const operationId: Strategy<Connection> = {
  name: "operation-id",
  declared: kept,
  async prepare(connection, id) {
    await connection.query("DELETE FROM Operation WHERE counter = ?", [id]);
    await prepare(connection, id);
  },
  read,
  async run(connection, id, _, { requestId, reconnect }) {
    const addOnce = (connection: Connection): Promise<void> =>
      inTransaction(connection, async () => {
        const [{ affectedRows }] = await connection.query<ResultSetHeader>(
          "INSERT IGNORE INTO Operation (id, counter) VALUES (?, ?)",
          [requestId, id],
        );
        if (affectedRows === 1) await addOne(connection, id);
      });
    try {
      await addOnce(connection);
    } catch (error) {
      if (!connectionLost(error)) throw error;
      await addOnce(await reconnect());
    }
  },
};
