import { expect, test } from "vitest";
import type { Gate, Session } from "../../backends/backend.ts";
import { wait } from "../../backends/real-time.ts";
import type { Program } from "../program.ts";
import { CheckFailed } from "../program.ts";
import type { Fault } from "../schedule.ts";
import { callers } from "./caller.ts";
import { Lane, type LaneOptions } from "./lane.ts";
import { type Memory, SharedMemory } from "./shared-memory.test-support.ts";

const readWrite: Program<Memory> = {
  setup: (memory, key) => memory.set(key, 0),
  async run(memory, { key }) {
    const value = await memory.get(key);
    await memory.set(key, value + 1);
  },
  async check(memory, { key, trace }) {
    const counted = await memory.get(key);
    const ok = trace.results.filter((r) => r.status === "ok").length;
    if (counted < ok)
      throw new CheckFailed("lost update", `${ok} acknowledged, ${counted} counted`);
  },
};

function choose(...choices: number[]): () => number {
  let n = 0;
  return () => choices[n++] ?? 0;
}

async function play(
  program: Program<Memory>,
  choices: number[],
  faults: Fault[] = [],
  options: Partial<LaneOptions> = {},
  backend: SharedMemory = new SharedMemory(),
) {
  await using lane = new Lane(backend, program, { key: "key7", ...options });
  return await lane.play({ operations: [1, 1], pick: choose(...choices), faults });
}

test("all zeros is the serial run", async () => {
  const { trace, failure } = await play(readWrite, []);
  expect(trace.steps.map((s) => `${s.client} ${s.statement}`)).toEqual([
    "1 get a",
    "1 set a = 1",
    "2 get a",
    "2 set a = 2",
  ]);
  expect(failure).toBeUndefined();
});

test("one switch loses an update", async () => {
  const { trace, failure } = await play(readWrite, [0, 1]);
  expect(trace.steps.map((s) => s.client)).toEqual([1, 2, 2, 1]);
  expect(failure?.kind).toBe("lost update");
});

test("a number too large wraps around", async () => {
  const { trace } = await play(readWrite, [4, 3]);
  expect(trace.choices).toEqual([0, 1, 0]);
});

const locked: Program<Memory> = {
  ...readWrite,
  async run(memory, around) {
    await memory.lock("l");
    await readWrite.run(memory, around);
    await memory.unlock("l");
  },
};

test("a step that waits is a normal event, and goes on when the lock is given back", async () => {
  const { trace, failure } = await play(locked, [0, 1]);
  expect(failure).toBeUndefined();
  const waiting = trace.steps.findIndex((s) => s.waited);
  expect(trace.steps[waiting]).toMatchObject({ client: 2, statement: "lock l" });
  const released_by = trace.steps[trace.steps[waiting]?.releasedBy ?? -1];
  expect(released_by).toMatchObject({ client: 1, statement: "unlock l" });
});

const crossed: Program<Memory> = {
  ...readWrite,
  async run(memory, { client }) {
    await memory.lock(client === 1 ? "l" : "m");
    await memory.lock(client === 1 ? "m" : "l");
    await memory.unlock("l");
    await memory.unlock("m");
  },
};

test("a deadlock that the server resolves is an error of one client", async () => {
  const { trace } = await play(crossed, [0, 1, 1]);
  expect(trace.results.map((r) => r.code)).toContain("deadlock");
});

test("mutual waiting that the server does not resolve is a failure of its own", async () => {
  const options = { stuck_limit_ms: 20 };
  const { failure } = await play(crossed, [0, 1, 1], [], options, new SharedMemory(false));
  expect(failure?.kind).toBe("mutual waiting");
  expect(failure?.message).toContain("client 1 and client 2 wait for a lock");
});

test("a client that is busy outside the database is named, and that is no verdict", async () => {
  const idle: Program<Memory> = {
    ...readWrite,
    async run(memory, { client, key }) {
      await memory.get(key);
      if (client === 2) await new Promise(() => {});
    },
  };
  const { failure, trace } = await play(idle, [], [], { busy_limit_ms: 300 });
  expect(failure).toBeUndefined();
  expect(trace.ending).toMatchObject({ kind: "busy outside the database" });
  expect((trace.ending as { reason: string }).reason).toMatch(
    /^client 2 has been busy outside the database for \d+ ms after `get a`/,
  );
});

test("a lost reply: the server did the work, the client got an error", async () => {
  const { trace, events } = await play(readWrite, [], [{ kind: "lose reply", client: 1, step: 2 }]);
  expect(trace.results.map((r) => r.status)).toEqual(["info", "ok"]);
  expect(trace.steps[1]).toMatchObject({ fault: "lose reply", error: "connection lost" });
  expect(trace.steps[2]).toMatchObject({ client: 2, reply: "a = 1" });
  expect(events.map((e) => e.type)).toEqual(["invoke", "info", "invoke", "ok"]);
});

test("a client reconnects behind the same gate and goes on", async () => {
  const retry: Program<Memory> = {
    ...readWrite,
    async run(memory, around) {
      await memory.add(around.key, 1).catch(async () => {
        const fresh = await around.reconnect();
        await fresh.add(around.key, 1);
      });
    },
  };
  const { trace } = await play(retry, [], [{ kind: "lose reply", client: 1, step: 1 }]);
  expect(trace.steps.map((s) => s.reply ?? s.error)).toEqual(["connection lost", "a = 2", "a = 3"]);
});

/** Opens the first three connections at once, later ones only after a while. */
class SlowToReopen extends SharedMemory {
  #opened = 0;

  override async open(gate: Gate): Promise<Session<Memory>> {
    // This time passes on the server, not in a timer of the client's own.
    if (++this.#opened > 3) await callers.exit(() => wait(100));
    return super.open(gate);
  }
}

test("who waits for a new connection does not stand still, however long it takes", async () => {
  const retry: Program<Memory> = {
    ...readWrite,
    async run(memory, { key, reconnect }) {
      await memory.add(key, 1).catch(async () => (await reconnect()).add(key, 1));
    },
  };
  const lost: Fault = { kind: "lose reply", client: 1, step: 1 };
  const { trace } = await play(retry, [0], [lost], { patience_ms: 1 }, new SlowToReopen());
  expect(trace.steps.map((step) => step.client)).toEqual([1, 1, 2]);
  expect(trace.stoodStill).toBeUndefined();
});

test("a client that dies with its connection open keeps its lock: the others wait for ever", async () => {
  const stays: Fault = { kind: "die", client: 1, step: 2, connection: "stays" };
  const { trace, failure } = await play(locked, [], [stays]);
  expect(failure).toMatchObject({ kind: "waits for a dead client" });
  expect(trace.results.map((r) => r.status)).toEqual(["open", "open"]);
});

test("a client that dies and whose connection closes lets the others go on", async () => {
  const closes: Fault = { kind: "die", client: 1, step: 2, connection: "closes" };
  const { trace, failure } = await play(locked, [0, 1], [closes]);
  expect(failure).toBeUndefined();
  expect(trace.results.map((r) => r.status)).toEqual(["open", "ok"]);
});

test("a lock expires when the schedule says so", async () => {
  const lease: Program<Memory> = {
    ...readWrite,
    setup: async (memory, key) => {
      await memory.set(key, 0);
      await memory.set("lease", 0);
    },
    async run(memory, { key, backoff }) {
      for (let attempt = 1; (await memory.add("lease", 1)) > 1; attempt++) await backoff(attempt);
      const value = await memory.get(key);
      await memory.set(key, value + 1);
      await memory.set("lease", 0);
    },
    expire: (memory) => memory.set("lease", 0),
  };
  const expires: Fault = { kind: "expire", client: 2, step: 1 };
  expect((await play(lease, [0, 1])).failure).toBeUndefined();
  expect((await play(lease, [0, 0, 1], [expires])).failure?.kind).toBe("lost update");
});

test("concurrent steps of one client go one after the other, as they came", async () => {
  const both: Program<Memory> = {
    ...readWrite,
    async run(memory, { key, client }) {
      await Promise.all([memory.add(key, 1), memory.set(`x${client}`, 1), memory.get(key)]);
    },
  };
  const { trace } = await play(both, [0, 1]);
  expect(trace.steps.map((s) => `${s.client} ${s.statement}`)).toEqual([
    "1 add a 1",
    "2 add a 1",
    "2 set x2 = 1",
    "2 get a",
    "1 set x1 = 1",
    "1 get a",
  ]);
});

test("clients that share one connection are told apart", async () => {
  const backend = new SharedMemory();
  const shared = { ...readWrite, sharedConnection: true };
  const { trace, failure } = await play(shared, [0, 1], [], {}, backend);
  expect(trace.steps.map((s) => s.client)).toEqual([1, 2, 2, 1]);
  expect(failure?.kind).toBe("lost update");
});

test("a lane survives what went wrong: the next schedule is as the first", async () => {
  await using lane = new Lane(new SharedMemory(), locked, { key: "key7" });
  const faults: Fault[] = [{ kind: "die", client: 1, step: 2, connection: "stays" }];
  const first = await lane.play({ operations: [1, 1], pick: choose(), faults });
  expect(first.failure?.kind).toBe("waits for a dead client");
  const second = await lane.play({ operations: [1, 1], pick: choose(), faults: [] });
  expect(second.failure).toBeUndefined();
  expect(second.trace.results.map((r) => r.status)).toEqual(["ok", "ok"]);
});
