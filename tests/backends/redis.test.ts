import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type { Redis } from "ioredis";
import { describe, expect, inject, it } from "vitest";
import { type Gate, open_gate, type Step } from "../../backends/backend.ts";
import { connectRedis } from "../../backends/redis/backend.ts";
import { backendContract } from "../contract.ts";
import { ownServer } from "../own-server.ts";
import { asOutsider, errorOf, redisFixtures } from "./redis.test-support.ts";

const url = ownServer("redis");

backendContract("Redis", redisFixtures(url));

/** Lets everything pass and writes it down: `statement → reply`. */
class Ledger implements Gate {
  readonly lines: string[] = [];
  readonly steps: Step[] = [];
  async pass<T>(step: Step, send: () => Promise<T>): Promise<T> {
    this.steps.push(step);
    try {
      const reply = await send();
      this.lines.push(`${step.statement} → ${step.describe(reply)}`);
      return reply;
    } catch (error) {
      this.lines.push(`${step.statement} → ${(error as Error).message}`);
      throw error;
    }
  }
}

async function ledgerOf(
  work: (client: Redis, key: string) => Promise<unknown>,
  options: { resend?: boolean; lose?: boolean } = {},
): Promise<{ ledger: Ledger; kinds: string[]; result: unknown }> {
  await using backend = await connectRedis({ url: url() });
  const ledger = new Ledger();
  await using session = await backend.open(ledger, { resend: options.resend ?? false });
  const key = `${backend.prefix}k`;
  if (options.lose) session.loseNextReply();
  const result = await work(session.client, key);
  const plain = ledger.lines.map((line) => line.replaceAll(backend.prefix, ""));
  ledger.lines.splice(0, plain.length, ...plain);
  return { ledger, kinds: ledger.steps.map((step) => step.kind), result };
}

describe("steps of ioredis", () => {
  it("a command, a pipeline and a transaction are one step each", async () => {
    const { ledger, kinds, result } = await ledgerOf(async (client, key) => {
      await client.set(key, 1, "PX", 60_000, "NX");
      await client.pipeline().incr(key).get(key).exec();
      await client.watch(key);
      const [value] = await Promise.all([client.get(key), client.mget(key, "raceproof:none")]);
      return client
        .multi()
        .set(key, Number(value) + 1)
        .get(key)
        .exec();
    });
    expect(ledger.lines).toEqual([
      "SET k 1 PX 60000 NX → OK",
      "INCR k; GET k → [2, 2]",
      "WATCH k → OK",
      "GET k → 2",
      "MGET k raceproof:none → [2, nil]",
      "MULTI; SET k 3; GET k; EXEC → [OK, 3]",
    ]);
    expect(kinds).toEqual(["write", "write", "lock", "read", "read", "write"]);
    expect(result).toEqual([
      [null, "OK"],
      [null, "3"],
    ]);
  });

  it("EXEC after a watched key changed answers nil", async () => {
    const { ledger, result } = await ledgerOf(async (client, key) => {
      await client.watch(key);
      await asOutsider(url(), (outsider) => outsider.incr(key));
      return client.multi().incr(key).exec();
    });
    expect(ledger.lines.at(-1)).toBe("MULTI; INCR k; EXEC → nil");
    expect(result).toBeNull();
  });

  it("commands sent one by one inside MULTI, and a pipeline followed by a command, keep their order", async () => {
    const { ledger } = await ledgerOf(async (client, key) => {
      await client.multi({ pipeline: false });
      await client.incr(key);
      await client.exec();
      await Promise.all([client.pipeline().set(key, 5).incr(key).exec(), client.get(key)]);
    });
    expect(ledger.lines).toEqual([
      "MULTI → OK",
      "INCR k → QUEUED",
      "EXEC → [1]",
      "SET k 5; INCR k → [OK, 6]",
      "GET k → 6",
    ]);
  });

  it("scripts: by their name; EVAL again after NOSCRIPT is a step of its own", async () => {
    const { ledger, result } = await ledgerOf(async (client, key) => {
      client.defineCommand("addOne", {
        numberOfKeys: 1,
        lua: "return redis.call('incr', KEYS[1])",
      });
      const scripted = client as Redis & { addOne(key: string): Promise<number> };
      await scripted.addOne(key);
      await client.script("FLUSH");
      return scripted.addOne(key);
    });
    expect(ledger.lines).toEqual([
      "EVALSHA addOne 1 k → 1",
      "SCRIPT FLUSH → OK",
      expect.stringMatching(/^EVALSHA addOne 1 k → NOSCRIPT/),
      expect.stringMatching(/^EVALSHA addOne 1 k → 2/),
    ]);
    expect(result).toBe(2);
  });

  it("callbacks are called as ever", async () => {
    const { result } = await ledgerOf(
      (client, key) =>
        new Promise((resolve) => {
          void client.incr(key, (error, value) => resolve([error, value]));
        }),
    );
    expect(result).toEqual([null, 1]);
  });

  it.each([
    ["a command", async (client: Redis, key: string) => client.incr(key), 2, "INCR k"],
    [
      "a transaction",
      async (client: Redis, key: string) => (await client.multi().incr(key).exec())?.[0]?.[1],
      2,
      "MULTI; INCR k; EXEC",
    ],
  ])(
    "ioredis' defaults send %s again after a lost reply, as a step",
    async (_, work, value, statement) => {
      const { ledger, result } = await ledgerOf(work, { resend: true, lose: true });
      expect(result).toBe(value);
      expect(ledger.lines).toEqual([
        `${statement} → Connection is closed.`,
        expect.stringContaining(`${statement} → `),
      ]);
    },
  );

  it("a session is disposed of at any moment of ioredis' connecting again", async () => {
    await using backend = await connectRedis({ url: url() });
    for (let turns = 0; turns < 40; turns++) {
      const session = await backend.open(turns % 2 ? open_gate : new Ledger(), { resend: true });
      session.loseNextReply();
      session.client.incr(`${backend.prefix}k`).catch(() => undefined);
      for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
      await session[Symbol.asyncDispose]();
      expect(session.alive).toBe(false);
    }
  });

  it("clean: the next program on this session meets neither a watch nor a transaction", async () => {
    await using backend = await connectRedis({ url: url() });
    const ledger = new Ledger();
    await using session = await backend.open(ledger);
    const { client } = session;
    const key = `${backend.prefix}k`;
    await client.watch(key);
    await client.multi({ pipeline: false });
    await client.get(key);
    await session.clean!("something");
    await client.watch(key);
    await session.clean!("something");
    await asOutsider(url(), (outsider) => outsider.incr(key));
    expect(await client.multi().incr(key).exec()).toEqual([[null, 2]]);
    expect(ledger.steps).toHaveLength(5);
  });
});

const sentence = async (bad: string): Promise<string> =>
  String(await errorOf(connectRedis({ url: bad })));

describe("what cannot be connected to is said in one sentence, in time", () => {
  it("nobody listens", async () => {
    expect(await sentence("redis://:secret@127.0.0.1:1")).toBe(
      "CannotConnect: Nobody listens at 127.0.0.1:1: start Redis there or correct its URL.",
    );
  });
  it.each(["", "127.0.0.1:6379", "http://127.0.0.1:6379", "redis:6379"])(
    "no URL: %j",
    async (bad) => {
      expect(await sentence(bad)).toMatch(
        /^CannotConnect: The URL of Redis cannot be read .*: write redis:/,
      );
    },
  );
  it("wrong user or password", async () => {
    const wrong = new URL(url());
    wrong.username = "nobody";
    wrong.password = "wrong";
    expect(await sentence(wrong.href)).toMatch(
      /^CannotConnect: Redis at \S+ refuses user "nobody" with what the URL says: put user and password into it, redis:\/\/user:password@host:port\.$/,
    );
  });
  it("a database that is not there", async () => {
    const wrong = new URL(url());
    wrong.pathname = "/99";
    expect(await sentence(wrong.href)).toMatch(
      /^CannotConnect: Redis at \S+ refuses the connection: ERR DB index is out of range\.$/,
    );
  });
  it.each([
    ["PostgreSQL", "postgres"],
    ["MySQL", "mysql"],
    ["an HTTP server", "dynamodb"],
  ] as const)("%s answers", async (who, kind) => {
    const { host } = new URL(inject("servers")[kind].url);
    expect(await sentence(`redis://${host}`)).toBe(
      `CannotConnect: At ${host} answers ${who}, not Redis: correct the URL.`,
    );
  });
  it("somebody answers nothing at all", async () => {
    const silent = createServer().listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    expect(await sentence(`redis://127.0.0.1:${port}`)).toBe(
      `CannotConnect: What listens at 127.0.0.1:${port} does not answer as Redis does (no answer): correct the URL, or look at the server's log if it is the right one.`,
    );
    silent.close();
  });
});

it("sees what is the user's, and nothing that another raceproof keeps at the same server", async () => {
  await using backend = await connectRedis({ url: url() });
  const others = ["raceproof:database:9", "raceproof:0123abcd:counter"];
  const seen = await asOutsider(url(), async (client) => {
    await client.mset(...[...others, "theirs"].flatMap((key) => [key, "1"]));
    const contents = await backend.contents!("");
    await client.del(...others, "theirs");
    return contents;
  });
  expect([...seen.keys()]).toEqual(["key theirs"]);
});
