import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Backend, Gate, Session } from "../backends/backend.ts";
import { open_gate } from "../backends/backend.ts";
import { Doorkeeper } from "./doorkeeper.ts";

/** An error and how it must be classified. */
export interface Provoked {
  readonly error: unknown;
  readonly outcome: "fail" | "info";
  readonly code: string;
}

/** How to do on one database what the contract asks of all of them. */
export interface Fixtures<Client> {
  /** A backend of its own at the server under test. */
  connect(): Promise<Backend<Client>>;
  /** Everything an outsider sees: databases, keys, tables, connections. Compared before and after. */
  outside(): Promise<unknown>;
  /** Makes sure that the value `key` is there and is 0. */
  prepare(client: Client, key: string): Promise<void>;
  /** Exactly one step, autocommit. */
  write(client: Client, key: string, value: number): Promise<void>;
  /** Exactly one step. */
  read(client: Client, key: string): Promise<number>;
  /** Adds one on the server, in exactly one step, autocommit; no retry. */
  increment(client: Client, key: string): Promise<void>;
  /** Begins a statement, takes the server away in the middle of it, and returns the error that the client got. */
  loseServer(backend: Backend<Client>, session: Session<Client>, key: string): Promise<unknown>;
  /** Requests that never leave the client (closed connection, nonsense), and the errors they end with. */
  refuse(backend: Backend<Client>, key: string): Promise<readonly unknown[]>;
  /** Every error code of this backend, each provoked for real. */
  readonly provoke: Readonly<
    Record<string, (backend: Backend<Client>, key: string) => Promise<Provoked>>
  >;
  /** One session holds what the other waits for; absent where the server never holds a request. */
  readonly locks?: Readonly<Record<string, Lock<Client>>>;
}

export interface Lock<Client> {
  take(client: Client, key: string): Promise<unknown>;
  release(client: Client, key: string): Promise<unknown>;
}

/** The same promise of all backends; each suite calls it with its own fixtures. */
export function backendContract<Client>(name: string, fixtures: Fixtures<Client>): void {
  describe(`${name} keeps the contract of a backend`, () => {
    let backend: Backend<Client>;
    let keys = 0;
    const key = (): string => `k${keys}`;
    beforeAll(async () => {
      backend = await fixtures.connect();
    });
    afterAll(() => backend[Symbol.asyncDispose]());

    /** Opens a session whose counter is 0, lets `body` use it, and closes it. */
    async function using(
      gate: Gate,
      body: (session: Session<Client>, key: string) => Promise<void>,
    ): Promise<void> {
      keys += 1;
      const setup = await backend.open(open_gate);
      await fixtures.prepare(setup.client, key());
      await setup[Symbol.asyncDispose]();
      const session = await backend.open(gate);
      try {
        await body(session, key());
      } finally {
        await session[Symbol.asyncDispose]();
      }
    }
    const valueOf = async (key: string): Promise<number> => {
      const session = await backend.open(open_gate);
      try {
        return await fixtures.read(session.client, key);
      } finally {
        await session[Symbol.asyncDispose]();
      }
    };

    it("names the server and its version", () => {
      expect(backend.server).toMatch(/^\S.* \d+(\.\d+)+/);
    });

    it("opening and closing changes nothing on the server", async () => {
      const before = await fixtures.outside();
      const other = await fixtures.connect();
      const session = await other.open(open_gate);
      await session[Symbol.asyncDispose]();
      expect(session.alive).toBe(false);
      await other[Symbol.asyncDispose]();
      expect(await fixtures.outside()).toEqual(before);
    });

    it("dispose removes everything of ours, sessions left open too", async () => {
      const before = await fixtures.outside();
      const other = await fixtures.connect();
      const session = await other.open(open_gate);
      await fixtures.prepare(session.client, "left-behind");
      await fixtures.write(session.client, "left-behind", 7);
      await other[Symbol.asyncDispose]();
      expect(await fixtures.outside()).toEqual(before);
      // Who cleans up may do so twice.
      await other[Symbol.asyncDispose]();
    });

    it("two backends at one server do not see each other's data", async () => {
      const other = await fixtures.connect();
      const session = await other.open(open_gate);
      await using(open_gate, async (mine, key) => {
        await fixtures.prepare(session.client, key);
        await fixtures.write(session.client, key, 41);
        expect(await fixtures.read(mine.client, key)).toBe(0);
      });
      await other[Symbol.asyncDispose]();
    });

    it("sessions are independent: closing one leaves the other", async () => {
      await using(open_gate, async (first, key) => {
        const second = await backend.open(open_gate);
        await fixtures.write(second.client, key, 3);
        await second[Symbol.asyncDispose]();
        expect([first.alive, second.alive]).toEqual([true, false]);
        expect(await fixtures.read(first.client, key)).toBe(3);
      });
    });

    it("the gate sees every step once, in order, with its statement and its reply", async () => {
      const gate = new Doorkeeper();
      await using(gate, async ({ client }, key) => {
        await fixtures.write(client, key, 5);
        expect(await fixtures.read(client, key)).toBe(5);
        await fixtures.increment(client, key);
      });
      expect(gate.steps.map((step) => step.kind)).toEqual(["write", "read", "write"]);
      expect(gate.seen).toEqual(
        gate.steps.flatMap(({ statement }) =>
          ["arrives", "goes", "done"].map((event) => `${event} ${statement}`),
        ),
      );
      expect(gate.steps[0]?.statement).toContain("5");
      expect(gate.replies[1]).toContain("5");
      for (const reply of gate.replies) expect(reply.length).toBeLessThanOrEqual(80);
    });

    it("nothing reaches the server before the gate lets it go", async () => {
      const gate = new Doorkeeper();
      gate.shut = true;
      await using(gate, async ({ client }, key) => {
        const writing = fixtures.write(client, key, 9);
        await wait(20);
        expect(await valueOf(key)).toBe(0);
        gate.release();
        await writing;
        expect(await valueOf(key)).toBe(9);
      });
      expect(gate.steps).toHaveLength(1);
    });

    it("steps sent without awaiting come to the gate one at a time", async () => {
      const gate = new Doorkeeper();
      await using(gate, async ({ client }, key) => {
        await Promise.all([1, 2, 3].map(() => fixtures.increment(client, key)));
        expect(await fixtures.read(client, key)).toBe(3);
      });
      expect(gate.seen.map((line) => line.split(" ")[0])).toEqual(
        gate.steps.flatMap(() => ["arrives", "goes", "done"]),
      );
    });

    it("a lost reply: the server did the work, nobody knows", async () => {
      for (const gate of [open_gate, new Doorkeeper()]) {
        await using(gate, async (session, key) => {
          await fixtures.increment(session.client, key);
          session.loseNextReply();
          const error = await fixtures.increment(session.client, key).then(
            () => expect.unreachable("the reply was not lost"),
            (error: unknown) => error,
          );
          expect([backend.outcome(error), backend.code(error)]).toEqual([
            "info",
            expect.any(String),
          ]);
          expect(session.alive).toBe(false);
          expect(await valueOf(key)).toBe(2);
        });
      }
    });

    it("a server lost in the middle of a statement: nobody knows", async () => {
      await using(open_gate, async (session, key) => {
        const error = await fixtures.loseServer(backend, session, key);
        expect(error).toBeInstanceOf(Error);
        expect([String(error), backend.outcome(error)]).toEqual([String(error), "info"]);
      });
    });

    it("refused before the send: it certainly did not happen", async () => {
      await using(open_gate, async (_session, key) => {
        const errors = await fixtures.refuse(backend, key);
        expect(errors.length).toBeGreaterThan(0);
        for (const error of errors) {
          expect(error).toBeInstanceOf(Error);
          expect([String(error), backend.outcome(error)]).toEqual([String(error), "fail"]);
        }
      });
    });

    it("an error that nobody knows is info", () => {
      expect(backend.outcome(new Error("the cat sat on the keyboard"))).toBe("info");
      expect(backend.outcome(undefined)).toBe("info");
    });

    for (const [what, provoke] of Object.entries(fixtures.provoke)) {
      it(`outcome and code: ${what}`, async () => {
        await using(open_gate, async (_session, key) => {
          const { error, outcome, code } = await provoke(backend, key);
          expect(error).toBeInstanceOf(Error);
          expect([backend.code(error), backend.outcome(error)]).toEqual([code, outcome]);
        });
      });
    }

    for (const [what, lock] of Object.entries(fixtures.locks ?? {})) {
      it(`waiting: ${what} shows while it is held, and only then`, async () => {
        await using(new Doorkeeper(), async (holder, key) => {
          const waiter = await backend.open(new Doorkeeper());
          const both = [holder, waiter];
          await lock.take(holder.client, key);
          expect(await backend.waiting(both)).toEqual(new Set());
          let answered = false;
          const taking = lock.take(waiter.client, key).finally(() => (answered = true));
          const deadline_ms = Date.now() + 5_000;
          let seen = await backend.waiting(both);
          while (seen.size === 0 && Date.now() < deadline_ms) seen = await backend.waiting(both);
          expect([answered, seen]).toEqual([false, new Set([waiter])]);
          expect(await backend.waiting([holder])).toEqual(new Set());
          await lock.release(holder.client, key);
          await taking;
          expect(await backend.waiting(both)).toEqual(new Set());
          await lock.release(waiter.client, key);
          await waiter[Symbol.asyncDispose]();
        });
      });
    }

    it("a session is disposed of without hanging while it waits for a lock", async () => {
      for (const lock of Object.values(fixtures.locks ?? {})) {
        await using(new Doorkeeper(), async (holder, key) => {
          const waiter = await backend.open(new Doorkeeper());
          await lock.take(holder.client, key);
          const taking = lock.take(waiter.client, key).then(
            () => "taken",
            () => "error",
          );
          while ((await backend.waiting([waiter])).size === 0) await wait(1);
          await waiter[Symbol.asyncDispose]();
          expect(await taking).toBe("error");
          await lock.release(holder.client, key);
        });
      }
    });
  });
}
