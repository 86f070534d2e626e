import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import type { Backend } from "../../backends/backend.ts";
import { connectMysql } from "../../backends/mysql/backend.ts";
import { type ExploreOptions, explore, RaceFound } from "../../library/explore.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { CheckFailed } from "../../schedules/program.ts";

/** The user's own driver, which knows nothing about doors. */
const make = {
  async open({ url }: { url: string }): Promise<Connection> {
    const connection = await mysql.createConnection(url);
    connection.on("error", () => undefined);
    return connection;
  },
  close: (connection: Connection) => connection.end(),
};

const tables = ["CREATE TABLE account (id INT PRIMARY KEY, balance INT NOT NULL)"];

describe.each(["mysql", "mariadb"] as const)("%s through doors", (kind) => {
  let backend: Backend<Connection>;

  beforeAll(async () => {
    const direct = await connectMysql(inject("servers")[kind]);
    await using session = await direct.open();
    for (const table of tables) await session.client.query(table);
    backend = throughDoors(direct, make);
  });

  afterAll(() => backend?.[Symbol.asyncDispose]());

  const withdraw = (
    lock: string,
    read: "query" | "execute",
  ): Pick<ExploreOptions<Connection>, "setup" | "run" | "check"> => ({
    setup: (db) => db.query("REPLACE INTO account VALUES (1, 100)"),
    async run(db) {
      await db.beginTransaction();
      const say = (sql: string, values: unknown[]) =>
        read === "query" ? db.query(sql, values) : db.execute(sql, values as number[]);
      const [rows] = await say(`SELECT balance FROM account WHERE id = ? ${lock}`, [1]);
      const { balance } = (rows as RowDataPacket[])[0] as { balance: number };
      await say("UPDATE account SET balance = ? WHERE id = ?", [balance - 30, 1]);
      await db.commit();
    },
    async check(db) {
      const [rows] = await db.query<RowDataPacket[]>("SELECT balance FROM account WHERE id = 1");
      const { balance } = rows[0] as { balance: number };
      if (balance !== 40) throw new CheckFailed("lost update", `${balance} is left, not 40`);
    },
  });
  const options = { lanes: 1, isolation: "READ COMMITTED" as const };

  test.each(["query", "execute"] as const)(
    "a balance read by %s and written loses",
    async (read) => {
      const program = { ...options, backend, name: `${kind}-${read}`, ...withdraw("", read) };
      const error = await explore(program).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(RaceFound);
      expect((error as Error).message).toContain("UPDATE account SET balance = 70 WHERE");
    },
  );

  test.each(["query", "execute"] as const)("read by %s under a lock it is right", async (read) => {
    const name = `${kind}-${read}-locked`;
    const report = await explore({ ...options, backend, name, ...withdraw("FOR UPDATE", read) });
    expect(report.proof).toBe(true);
    expect(report.waited).toBeGreaterThan(0);
  });
});
