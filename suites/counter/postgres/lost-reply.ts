import type { Client } from "pg";
import { byLevel, fails, kept } from "../../../matrix/promise.ts";
import type { Strategy } from "../../../matrix/strategy.ts";
import { inTransaction } from "../../transaction/postgres.ts";
import { counted_twice } from "../promises.ts";
import { keptInAutocommit } from "./autocommit.ts";
import { prepare, read } from "./counter-table.ts";

const connectionLost = (error: unknown): boolean =>
  error instanceof Error && /terminated unexpectedly|ECONNRESET/.test(error.message);

/** "The connection broke, so try again": but the server may have counted already. */
export const inPlaceRetried: Strategy<Client> = {
  name: "in-place-retried",
  declared: { ...keptInAutocommit, when: { reply_lost: counted_twice } },
  prepare,
  read,
  async run(client, id, _, { reconnect }) {
    const addOne = async (connection: Client): Promise<number> => {
      const { rows } = await connection.query(
        "UPDATE Counter SET count_value = count_value + 1 WHERE id = $1 RETURNING count_value",
        [id],
      );
      return rows[0].count_value;
    };
    try {
      return await addOne(client);
    } catch (error) {
      if (!connectionLost(error)) throw error;
      return addOne(await reconnect());
    }
  },
};

/** The request's id is written in the same transaction: a second try finds it and does nothing. */
export const operationId: Strategy<Client> = {
  name: "operation-id",
  declared: byLevel(kept, kept, fails("40001"), fails("40001")),
  async prepare(client, id) {
    await client.query("DELETE FROM Operation WHERE counter = $1", [id]);
    await prepare(client, id);
  },
  read,
  async run(client, id, _, { requestId, reconnect }) {
    const addOnce = (connection: Client): Promise<number> =>
      inTransaction(connection, async () => {
        const done = await connection.query("SELECT count_value FROM Operation WHERE id = $1", [
          requestId,
        ]);
        if (done.rows[0]) return done.rows[0].count_value;
        const { rows } = await connection.query(
          "UPDATE Counter SET count_value = count_value + 1 WHERE id = $1 RETURNING count_value",
          [id],
        );
        await connection.query(
          "INSERT INTO Operation (id, counter, count_value) VALUES ($1, $2, $3)",
          [requestId, id, rows[0].count_value],
        );
        return rows[0].count_value;
      });
    try {
      return await addOnce(client);
    } catch (error) {
      if (!connectionLost(error)) throw error;
      return addOnce(await reconnect());
    }
  },
};
