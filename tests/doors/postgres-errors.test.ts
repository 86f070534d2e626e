/** Errors that a door puts in: what the driver sees, and the state in which the server really is afterwards. */
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import type { Backend, Session } from "../../backends/backend.ts";
import { connectPostgres } from "../../backends/postgres/backend.ts";
import { throughDoors } from "../../schedules/doors/door-backend.ts";
import { Doorkeeper } from "../doorkeeper.ts";

let backend: Backend<pg.Client>;
let outside: Session<pg.Client>;

async function open({ url }: { url: string }): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

beforeAll(async () => {
  const direct = await connectPostgres(inject("servers").postgres);
  backend = throughDoors(direct, { open, close: (client) => client.end() });
  outside = await backend.open();
  await outside.client.query("CREATE TABLE account (id int PRIMARY KEY, balance int NOT NULL)");
});

afterAll(async () => {
  await outside?.[Symbol.asyncDispose]();
  await backend?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await outside.client.query("DELETE FROM account; INSERT INTO account VALUES (1, 100)");
});

const balance = async (): Promise<number> =>
  (await outside.client.query("SELECT balance FROM account")).rows[0].balance;
const take = "UPDATE account SET balance = balance - 30 WHERE id = 1";

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "done",
    (error: { code?: string; message: string }) => error.code ?? error.message,
  );

/** What this statement could meet, the last one that was sent. */
const possible = ({ steps }: Doorkeeper): readonly string[] => steps.at(-1)!.errors ?? [];

describe.each(["simple", "extended"])("an error of the server (%s protocol)", (protocol) => {
  const send = (client: pg.Client, text: string): Promise<unknown> =>
    client.query(
      protocol === "simple"
        ? { text }
        : { text: text.replace("id = 1", "id = $1"), values: text.includes("id = 1") ? [1] : [] },
    );

  test("in a transaction: it is aborted at the server, as after a real one", async () => {
    await using session = await backend.open(new Doorkeeper());
    const { client } = session;
    await client.query("BEGIN");
    await send(client, take);
    session.failNext!("40P01");
    const error = await send(client, take).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: "40P01", severity: "ERROR", message: "deadlock detected" });
    expect(await codeOf(send(client, take))).toBe("25P02");
    expect(await client.query("COMMIT")).toMatchObject({ command: "ROLLBACK" });
    expect(await balance()).toBe(100);
    expect(await codeOf(send(client, take))).toBe("done");
    expect(await balance()).toBe(70);
  });

  test("a savepoint before it can still be rolled back to", async () => {
    await using session = await backend.open(new Doorkeeper());
    const { client } = session;
    await client.query("BEGIN");
    await send(client, take);
    await client.query("SAVEPOINT before");
    session.failNext!("57014");
    expect(await codeOf(send(client, take))).toBe("57014");
    await client.query("ROLLBACK TO SAVEPOINT before");
    await client.query("COMMIT");
    expect(await balance()).toBe(70);
  });

  test("of a statement alone: nothing is done, and the connection goes on", async () => {
    await using session = await backend.open(new Doorkeeper());
    session.failNext!("57014");
    expect(await codeOf(send(session.client, take))).toBe("57014");
    expect(await balance()).toBe(100);
    expect(await codeOf(send(session.client, take))).toBe("done");
    expect(await balance()).toBe(70);
  });
});

test("COMMIT fails at SERIALIZABLE: nothing is kept, and there is no transaction any more", async () => {
  await using session = await backend.open(new Doorkeeper(), { isolation: "SERIALIZABLE" });
  const { client } = session;
  await client.query("BEGIN");
  await client.query(take);
  session.failNext!("40001");
  expect(await codeOf(client.query("COMMIT"))).toBe("40001");
  expect(await balance()).toBe(100);
  await client.query("BEGIN");
  await client.query(take);
  await client.query("COMMIT");
  expect(await balance()).toBe(70);
});

test("the commit of a statement that runs by itself fails: nothing is kept", async () => {
  const keeper = new Doorkeeper();
  await using session = await backend.open(keeper, { isolation: "SERIALIZABLE" });
  const pass = keeper.pass.bind(keeper);
  keeper.pass = (step, send) => {
    if (step.kind === "commit") session.failNext!("40001");
    return pass(step, send);
  };
  expect(await codeOf(session.client.query(take))).toBe("40001");
  expect(await balance()).toBe(100);
});

describe("a connection is lost", () => {
  const lost = "Connection terminated unexpectedly";
  test.each([
    ["closed before", lost, 100],
    ["reset before", "ECONNRESET", 100],
    ["closed after", lost, 70],
    ["reset after", "ECONNRESET", 70],
    ["refused", lost, 100],
    ["57P01", "57P01", 100],
  ])("%s: the driver sees %s, and %i are left", async (error, seen, left) => {
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    const pass = keeper.pass.bind(keeper);
    // After the work means here: after the commit.
    keeper.pass = (step, send) => {
      if (step.kind === "commit" || !error.endsWith("after")) session.failNext!(error);
      return pass(step, send);
    };
    expect(await codeOf(session.client.query(take))).toBe(seen);
    expect(await balance()).toBe(left);
    expect(session.alive).toBe(false);
  });

  test("in a transaction: its locks are free when the client hears of it", async () => {
    await using session = await backend.open(new Doorkeeper());
    await session.client.query("BEGIN");
    await session.client.query(take);
    session.failNext!("closed before");
    await codeOf(session.client.query("SELECT 1"));
    await outside.client.query("SELECT * FROM account FOR UPDATE NOWAIT");
    expect(await balance()).toBe(100);
  });

  test("refused: the next connection is refused, the one after that is not", async () => {
    let address = "";
    const direct = await connectPostgres(inject("servers").postgres);
    await using own = throughDoors(direct, {
      open: ({ url }) => {
        address = url;
        return open({ url });
      },
      close: (client) => client.end(),
    });
    await using session = await own.open(new Doorkeeper());
    session.failNext!("refused");
    await codeOf(session.client.query("SELECT 1"));
    expect(await codeOf(open({ url: address }))).toBe("ECONNRESET");
    await (await open({ url: address })).end();
  });
});

describe("only what the server may answer there", () => {
  const losses = ["closed before", "reset after", "refused"];

  test.each([
    ["READ COMMITTED", ["57014"], ["40P01", "57014"], []],
    ["REPEATABLE READ", ["57014"], ["40001", "40P01", "57014"], []],
    ["SERIALIZABLE", ["40001", "57014"], ["40001", "40P01", "57014"], ["40001"]],
  ] as const)(
    "%s: reading %j, writing again %j, COMMIT %j",
    async (isolation, read, write, end) => {
      const keeper = new Doorkeeper();
      await using session = await backend.open(keeper, { isolation });
      const { client } = session;
      await client.query("BEGIN");
      expect(possible(keeper)).toEqual(["57P01", ...losses]);
      await client.query("SELECT * FROM account");
      expect(possible(keeper)).toEqual([...read, "57P01", ...losses]);
      await client.query(take);
      expect(possible(keeper)).not.toContain("40P01");
      await client.query({ text: "UPDATE account SET balance = $1", values: [1] });
      expect(possible(keeper)).toEqual([...write, "57P01", ...losses]);
      await client.query("COMMIT");
      expect(possible(keeper)).toEqual([...end, "57P01", ...losses]);
    },
  );

  test("the level that BEGIN, SET TRANSACTION and the session name", async () => {
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    const { client } = session;
    const level = async (): Promise<boolean> => {
      await client.query("SELECT 1");
      return possible(keeper).includes("40001");
    };
    await client.query("BEGIN ISOLATION LEVEL SERIALIZABLE");
    expect(await level()).toBe(true);
    await client.query("ROLLBACK");
    expect(await level()).toBe(false);
    await client.query("BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE");
    expect(await level()).toBe(true);
    await client.query("ROLLBACK");
    await client.query("SET default_transaction_isolation = 'serializable'");
    expect(await level()).toBe(true);
    await client.query("BEGIN ISOLATION LEVEL READ COMMITTED");
    expect(await level()).toBe(false);
  });

  test("55P03 where a statement does not wait, or not for long", async () => {
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    const { client } = session;
    await client.query("SELECT * FROM account FOR UPDATE");
    expect(possible(keeper)).not.toContain("55P03");
    await client.query("SELECT * FROM account FOR UPDATE NOWAIT");
    expect(possible(keeper)).toContain("55P03");
    await client.query("BEGIN");
    await client.query("SET LOCAL lock_timeout = '1s'");
    await client.query(take);
    expect(possible(keeper)).toContain("55P03");
    await client.query("ROLLBACK");
    await client.query("SELECT * FROM account FOR UPDATE");
    expect(possible(keeper)).not.toContain("55P03");
  });

  test("several statements at once: those of each; none in a transaction that has failed", async () => {
    const keeper = new Doorkeeper();
    await using session = await backend.open(keeper);
    const { client } = session;
    await client.query(`${take}; ${take}`);
    const [first, second, commit] = keeper.steps.map(({ errors }) => errors);
    expect(first).toEqual(["57014", "57P01", ...losses]);
    expect(second).toEqual(["40P01", "57014", "57P01", ...losses]);
    expect(commit).toEqual(["57P01", ...losses]);
    await client.query("BEGIN");
    await codeOf(client.query("SELECT 1/0"));
    await codeOf(client.query(take));
    expect(possible(keeper)).toEqual(["57P01", ...losses]);
  });
});
