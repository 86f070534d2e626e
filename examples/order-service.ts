import type { ClientBase } from "pg";

/** The tables of an order service: products with a stock, and the orders for them. */
export const tables = `
  CREATE TABLE product (id text PRIMARY KEY, stock integer NOT NULL);
  CREATE TABLE purchase (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product text NOT NULL,
    buyer   text NOT NULL
  )`;

export class SoldOut extends Error {}

/** Looks whether there is a piece left, and sells it: right for one customer at a time. */
export function order(db: ClientBase, product: string, buyer: string): Promise<void> {
  return inTransaction(db, async () => {
    const { rows } = await db.query("SELECT stock FROM product WHERE id = $1", [product]);
    if (rows[0].stock === 0) throw new SoldOut(`${product} is sold out`);
    await db.query("UPDATE product SET stock = stock - 1 WHERE id = $1", [product]);
    await db.query("INSERT INTO purchase (product, buyer) VALUES ($1, $2)", [product, buyer]);
  });
}

/** The same, but the look and the sale are one statement: the second customer finds nothing. */
export function orderSafely(db: ClientBase, product: string, buyer: string): Promise<void> {
  return inTransaction(db, async () => {
    const sold = await db.query(
      "UPDATE product SET stock = stock - 1 WHERE id = $1 AND stock > 0",
      [product],
    );
    if (sold.rowCount === 0) throw new SoldOut(`${product} is sold out`);
    await db.query("INSERT INTO purchase (product, buyer) VALUES ($1, $2)", [product, buyer]);
  });
}

async function inTransaction(db: ClientBase, work: () => Promise<void>): Promise<void> {
  await db.query("BEGIN");
  try {
    await work();
    await db.query("COMMIT");
  } catch (error) {
    await db.query("ROLLBACK");
    throw error;
  }
}
