import type { Client } from "pg";
import type { Strategy } from "../../../matrix/strategy.ts";

/** Hands out unique numbers, with gaps: it counts attempts, not commits, and is no counter. */
export const sequence: Strategy<Client> = {
  name: "sequence",
  declared: { updates: "unique" },
  alone: true,
  async prepare(client) {
    await client.query("ALTER SEQUENCE counter_sequence RESTART WITH 1");
  },
  async increment(client) {
    const { rows } = await client.query("SELECT nextval('counter_sequence')::integer AS number");
    return rows[0].number;
  },
  async read(client) {
    const { rows } = await client.query(
      "SELECT CASE WHEN is_called THEN last_value ELSE 0 END::integer AS number FROM counter_sequence",
    );
    return rows[0].number;
  },
};
