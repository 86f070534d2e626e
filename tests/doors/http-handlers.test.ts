/** One app, one pool, in the process of the test: each handler belongs to the client whose request it serves. */
import { once } from "node:events";
import { createServer, request as httpRequest, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { explore, RaceFound } from "../../library/explore.ts";

type App = Awaited<ReturnType<typeof start>>;
type Ask = (url: string) => Promise<unknown>;

const byFetch: Ask = async (url) => {
  const response = await fetch(url, { method: "POST", body: "30" });
  return [response.status, await response.text()];
};

const byHttp: Ask = async (url) => {
  const asked = httpRequest(url, { method: "POST" });
  asked.end("30");
  const [answer] = await once(asked, "response");
  return [answer.statusCode, await text(answer)];
};

/** @param lock where it is empty, it is right for one request at a time */
const withdraw =
  (db: pg.Pool, lock: string): RequestListener =>
  (request, response) => {
    let amount = "";
    request.on("data", (more) => (amount += more));
    // An event of the body, not of the request.
    request.on("end", () => {
      withdrawn(db, Number(amount), lock).then(
        () => response.end("done"),
        (error: unknown) => response.writeHead(500).end(String(error)),
      );
    });
  };

async function withdrawn(db: pg.Pool, amount: number, lock: string): Promise<void> {
  const client = await db.connect();
  try {
    await client.query("BEGIN");
    const { rows } = await client.query(`SELECT balance FROM account ${lock}`);
    await client.query("UPDATE account SET balance = $1", [rows[0].balance - amount]);
    await client.query("COMMIT");
  } finally {
    client.release();
  }
}

async function start(url: string, lock: string) {
  const db = new pg.Pool({ connectionString: url });
  const server = createServer(withdraw(db, lock)).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { db, server, at: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const program = (lock: string, ask: Ask) => ({
  database: inject("servers").postgres,
  schema: "CREATE TABLE account (id text PRIMARY KEY, balance int)",
  shared: true,
  repairs: false as const,
  client: (url: string) => start(url, lock),
  async close({ server, db }: App) {
    server.closeAllConnections();
    server.close();
    await db.end();
  },
  setup: ({ db }: App) =>
    db.query("DELETE FROM account; INSERT INTO account VALUES ('alice', 100)"),
  run: ({ at }: App) => ask(at),
});

test.each([
  ["fetch", byFetch],
  ["http.request", byHttp],
])("two requests by %s that share a pool lose an update; under a lock, a proof", async (_, ask) => {
  const error = await explore(program("", ask)).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(RaceFound);
  expect((error as Error).message).toMatch(/client 1 and client 2 both read balance = 100/);
  const { steps } = (error as RaceFound).exploration.failure!.smallest;
  const kinds = ["begin", "read", "write", "commit"];
  for (const client of [1, 2])
    expect(steps.filter((step) => step.client === client).map(({ kind }) => kind)).toEqual(kinds);
  const report = await explore(program("FOR UPDATE", ask));
  expect(report.text).toContain("proof for this size");
  expect(report.waited).toBeGreaterThan(0);
});

test("a handler that serves the set-up or the check belongs to no client", async () => {
  const { setup, ...rest } = program("FOR UPDATE", byFetch);
  const report = await explore({
    ...rest,
    setup: async (app: App) => {
      await setup(app);
      expect(await byFetch(app.at)).toEqual([200, "done"]);
    },
    check: async (app: App) => {
      expect(await byFetch(app.at)).toEqual([200, "done"]);
      const { rows } = await app.db.query("SELECT balance FROM account");
      return rows[0].balance === -20;
    },
  });
  expect(report.text).toContain("proof for this size");
});
