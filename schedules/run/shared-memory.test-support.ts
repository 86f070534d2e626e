import type { Backend, Contents, Gate, Isolation, Session, Step } from "../../backends/backend.ts";
import type { Fact } from "../../backends/step-facts.ts";

/**
 * A shared-memory program in the shape of a backend: variables and locks in this process, so that the
 * engine can be tried on thousands of small programs. It is not a stand-in for any database.
 */
export class SharedMemory implements Backend<Memory> {
  readonly name = "memory";
  readonly server = "shared memory 1";
  readonly prefix = "";
  readonly isolations: readonly Isolation[] = [];
  readonly variables: Map<string, number> = new Map();
  readonly sessions: Set<MemorySession> = new Set();
  readonly #holders = new Map<string, MemorySession>();
  readonly #queue: {
    session: MemorySession;
    lock: string;
    grant: () => void;
    fail: (e: Error) => void;
  }[] = [];
  /** False: waits in a circle stay for ever. */
  readonly detects_deadlocks: boolean;

  constructor(detects_deadlocks = true) {
    this.detects_deadlocks = detects_deadlocks;
  }

  async open(gate: Gate): Promise<Session<Memory>> {
    const session = new MemorySession(this, gate);
    this.sessions.add(session);
    return session;
  }

  async waiting(sessions: readonly Session<Memory>[]): Promise<ReadonlySet<Session<Memory>>> {
    return new Set(sessions.filter((s) => this.#queue.some((q) => q.session === s)));
  }

  outcome(error: unknown): "fail" | "info" {
    return this.code(error) === "connection lost" ? "info" : "fail";
  }

  code(error: unknown): string {
    const { code, name } = error as { code?: string; name: string };
    return code ?? name;
  }

  async contents(key: string): Promise<Contents> {
    return new Map(
      [...this.variables].map(([name, value]) => [
        name.replaceAll(key, "a"),
        { rows: 1, checksum: String(value) },
      ]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  lock(session: MemorySession, lock: string): Promise<void> {
    const holder = this.#holders.get(lock);
    if (holder === undefined || holder === session) {
      this.#holders.set(lock, session);
      return Promise.resolve();
    }
    if (this.detects_deadlocks && this.#closesCycle(session, holder)) {
      this.releaseAll(session);
      return Promise.reject(new MemoryError("deadlock"));
    }
    return new Promise((grant, fail) => this.#queue.push({ session, lock, grant, fail }));
  }

  unlock(session: MemorySession, lock: string): void {
    if (this.#holders.get(lock) !== session) return;
    this.#holders.delete(lock);
    const next = this.#queue.findIndex((q) => q.lock === lock);
    const [waiter] = next < 0 ? [] : this.#queue.splice(next, 1);
    if (!waiter) return;
    this.#holders.set(lock, waiter.session);
    waiter.grant();
  }

  /** As when a connection ends: its waits are over, its locks are free. */
  releaseAll(session: MemorySession): void {
    for (const [i, q] of [...this.#queue.entries()].reverse()) {
      if (q.session !== session) continue;
      this.#queue.splice(i, 1);
      q.fail(new MemoryError("connection lost"));
    }
    for (const [lock, holder] of this.#holders) if (holder === session) this.unlock(session, lock);
  }

  #closesCycle(session: MemorySession, holder: MemorySession): boolean {
    for (let at: MemorySession | undefined = holder; at; ) {
      if (at === session) return true;
      const waits = this.#queue.find((q) => q.session === at);
      at = waits && this.#holders.get(waits.lock);
    }
    return false;
  }
}

export class MemoryError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** What a program sees: every call is a round trip. */
export interface Memory {
  get(name: string): Promise<number>;
  set(name: string, value: number): Promise<void>;
  add(name: string, value: number): Promise<number>;
  lock(name: string): Promise<void>;
  unlock(name: string): Promise<void>;
  begin(): Promise<void>;
}

export class MemorySession implements Session<Memory> {
  readonly client: Memory;
  alive = true;
  #lose = false;
  readonly #memory: SharedMemory;
  readonly #gate: Gate;

  constructor(memory: SharedMemory, gate: Gate) {
    this.#memory = memory;
    this.#gate = gate;
    const { variables } = memory;
    const value = (name: string): number => variables.get(name) ?? 0;
    this.client = {
      begin: () => this.#step("begin", "begin", [], async () => {}),
      get: (name) =>
        this.#step(
          "read",
          `get ${name}`,
          [name],
          async () => value(name),
          (found) => ({
            does: "find",
            found: [{ columns: { "": String(found) }, computed: {} }],
          }),
        ),
      set: (name, to) =>
        this.#step(
          "write",
          `set ${name} = ${to}`,
          [name],
          async () => void variables.set(name, to),
          () => ({ does: "change", assigned: { "": String(to) } }),
        ),
      add: (name, by) =>
        this.#step(
          "write",
          `add ${name} ${by}`,
          [name],
          async () => {
            variables.set(name, value(name) + by);
            return value(name);
          },
          (now) => ({ does: "change", assigned: { "": String(now) } }),
        ),
      lock: (name) => this.#step("lock", `lock ${name}`, undefined, () => memory.lock(this, name)),
      unlock: (name) =>
        this.#step("write", `unlock ${name}`, undefined, async () => memory.unlock(this, name)),
    };
  }

  loseNextReply(): void {
    this.#lose = true;
  }

  async clean(): Promise<void> {
    this.#memory.releaseAll(this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.alive = false;
    this.#memory.releaseAll(this);
    this.#memory.sessions.delete(this);
  }

  #step<T>(
    kind: Step["kind"],
    statement: string,
    keys: readonly string[] | undefined,
    work: () => Promise<T>,
    told?: (reply: T) => Pick<Fact, "does" | "found" | "assigned">,
  ): Promise<T> {
    const at = { where: { ":key": keys?.[0] ?? "" }, isAll: true, rows: 1 };
    const facts = (reply: unknown): Fact[] => (told ? [{ ...at, ...told(reply as T) }] : []);
    const mayUnlock = keys === undefined;
    const describe = (reply: unknown): string =>
      reply === undefined ? "OK" : `${keys?.[0]} = ${JSON.stringify(reply)}`;
    return this.#gate.pass({ statement, kind, keys, mayUnlock, facts, describe }, async () => {
      if (!this.alive) throw new MemoryError("connection lost");
      const reply = await work();
      if (!this.#lose) return reply;
      this.alive = false;
      this.#memory.releaseAll(this);
      throw new MemoryError("connection lost");
    });
  }
}
