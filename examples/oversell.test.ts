import type { Client } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Backend,
  CheckFailed,
  connectPostgres,
  type ExploreOptions,
  explore,
  type Server,
  startServer,
} from "../index.ts";
import { order, orderSafely, SoldOut, tables } from "./order-service.ts";

let server: Server;
let postgres: Backend<Client>;

beforeAll(async () => {
  // Starts a PostgreSQL; set RACEPROOF_POSTGRES_URL to use another one.
  server = await startServer("postgres");
  postgres = await connectPostgres(server);
  await using session = await postgres.open();
  await session.client.query(tables);
});

afterAll(async () => {
  await postgres?.[Symbol.asyncDispose]();
  await server?.[Symbol.asyncDispose]();
});

/** One piece is left, and two customers want it. */
const lastPiece = (
  name: string,
  sell: (db: Client, product: string, buyer: string) => Promise<void>,
): ExploreOptions<Client> => ({
  name,
  backend: postgres,
  clients: 2,
  async setup(db, product) {
    await db.query("DELETE FROM purchase WHERE product = $1", [product]);
    await db.query("INSERT INTO product VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET stock = 1", [
      product,
    ]);
  },
  run: (db, { key: product, client }) => sell(db, product, `customer ${client}`),
  expectedError: (error) => error instanceof SoldOut,
  async check(db, { key: product }) {
    const { rows } = await db.query("SELECT count(*)::int AS n FROM purchase WHERE product = $1", [
      product,
    ]);
    if (rows[0].n > 1)
      throw new CheckFailed("oversold", `1 piece was there, ${rows[0].n} were sold`);
  },
});

test("the order service sells the last piece twice, and raceproof shows how", async () => {
  await expect(explore(lastPiece("order", order))).rejects.toThrow("oversold");
});

test("the repaired one never does", async () => {
  const report = await explore(lastPiece("order-safely", orderSafely));
  expect(report.text).toContain("proof for this size");
});
