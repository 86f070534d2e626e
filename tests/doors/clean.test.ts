/** After a schedule, a door gives back what the program's connections hold. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import mysql, { type Connection } from "mysql2/promise";
import { expect, inject, test } from "vitest";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";

/** As a pool that opens connections in the background: one is there, the other is still logging in. */
const make = {
  async open({ url }: { url: string }): Promise<{ there: Connection; coming: Socket }> {
    const there = await mysql.createConnection(url);
    const coming = connect(Number(new URL(url).port), "127.0.0.1");
    await once(coming, "data");
    return { there, coming };
  },
  async close({ there, coming }: { there: Connection; coming: Socket }): Promise<void> {
    coming.destroy();
    await there.end();
  },
};

test.each(["mysql", "mariadb"] as const)(
  "%s: who is still logging in is left alone",
  async (kind) => {
    await using backend = throughDoors(await connectMysql(inject("servers")[kind]), make);
    await using session = await backend.open();
    const { there, coming } = session.client;
    await there.query("SELECT GET_LOCK('mine', 0)");
    await session.clean!("something");
    const [rows] = await there.query("SELECT IS_FREE_LOCK('mine') AS is_free");
    expect(rows).toEqual([{ is_free: 1 }]);
    expect(coming.closed).toBe(false);
  },
);

test("in a transaction, nothing can be given back", async () => {
  await using backend = throughDoors(await connectMysql(inject("servers").mysql), make);
  await using session = await backend.open();
  await session.client.there.query("BEGIN");
  await expect(session.clean!("something")).rejects.toThrow("Something was left");
});
