/*
 * Withdrawals over HTTP, with pg on PostgreSQL: `racy`, or `repaired`.
 *
 * raceproof race --database postgres --schema examples/apps/account.sql \
 *   --setup "DELETE FROM account; INSERT INTO account VALUES ('alice', 100)" \
 *   --app "node examples/apps/server.js racy" --request 'POST /withdraw {"id": "alice", "amount": 30}'
 */
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import pg from "pg";

const lock = process.argv[2] === "repaired" ? "FOR UPDATE" : "";
const db = new pg.Pool({ connectionString: process.env.DATABASE_URL });

async function withdraw({ id, amount }) {
  const client = await db.connect();
  try {
    await client.query("BEGIN");
    const select = `SELECT balance FROM account WHERE id = $1 ${lock}`;
    const { rows } = await client.query(select, [id]);
    if (rows.length === 0 || rows[0].balance < amount) {
      await client.query("ROLLBACK");
      return undefined;
    }
    const balance = rows[0].balance - amount;
    await client.query("UPDATE account SET balance = $2 WHERE id = $1", [id, balance]);
    await client.query("COMMIT");
    return { balance };
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

async function serve(request, response) {
  const answer = (status, body) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };
  if (request.method !== "POST" || request.url !== "/withdraw")
    return answer(404, { error: "no such page" });
  try {
    const done = await withdraw(await json(request));
    answer(done ? 200 : 409, done ?? { error: "not enough money" });
  } catch (error) {
    console.error(error);
    answer(500, { error: error.message });
  }
}

const server = createServer((request, response) => void serve(request, response));
server.listen(process.env.PORT, "127.0.0.1");
