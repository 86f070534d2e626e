import type { Backend, Gate, Left, OpenOptions, Session } from "../../backends/backend.ts";
import { open_gate } from "../../backends/backend.ts";
import { type Address, type DoorTarget, doorOf } from "../../backends/door-target.ts";
import { lentConnections, onReturn } from "../../backends/lent-connections.ts";
import { isForOwnUserOnly } from "../../backends/own-user.ts";
import { isPgPool, watchPool } from "../../backends/postgres/watched-pool.ts";
import { closeInTime } from "./close-in-time.ts";
import { Door } from "./door.ts";
import type { Mending } from "./mending.ts";
import { WireError } from "./wire-error.ts";

/** Makes what an application works with, at the address that it is given: a driver's client, a pool, an ORM. */
export interface MakeClient<Client> {
  open(address: Address, door: Doorstep): Client | Promise<Client>;
  close(client: Client): unknown;
  /** The client makes new connections itself, so that a closed one does not matter. */
  readonly reconnects?: boolean;
}

/** What a client may know of its door. */
export interface Doorstep {
  /** Set-up and checks use it: nothing that goes through it is a step. */
  readonly is_outside: boolean;
  /** Resolves once all its connections are closed, and the server has given back their locks. */
  left(): Promise<void>;
  /** Call when a connection, by the server's own number, has gone back to its pool. */
  returned(connection: number): void;
  /** Resolves once nothing is under way through it, and no transaction is open. */
  settled(): Promise<void>;
}

/**
 * The same database for programs that bring their own client: each client of a schedule has a door of its own.
 *
 * @param backend connected, in a database of its own; disposed of with this one
 * @param mending a repair that is tried on what the clients send; not on set-up and checks
 * @param commits_apart whether a statement that commits by itself is two steps. Default true: without that, races look
 *   impossible. As one step it is what a gate makes of it, which is good for comparing the two.
 * @throws Error for a backend whose protocol no door can read
 */
export function throughDoors<Client>(
  backend: Backend<unknown>,
  make: MakeClient<Client>,
  mending?: Mending,
  commits_apart = true,
): Backend<Client> {
  const target = doorOf(backend);
  const doors = new Map<Session<Client>, Door>();
  const open = async (
    gate: Gate = open_gate,
    options: OpenOptions = {},
  ): Promise<Session<Client>> => {
    const greeting = await target.prepare(options.isolation);
    const mends = gate === open_gate ? undefined : mending;
    const door = await Door.open({
      wire: target.wire,
      gate,
      // Set-up and checks are nobody's steps, so nothing is split for them.
      splits: commits_apart && gate !== open_gate && !gate.runsFree,
      greeting,
      connect: () => target.connect(),
      isolation: options.isolation,
      gone: (connection) => target.gone([connection]),
      terminate: (connection) => target.terminate([connection]),
      endSessions: target.endSessions?.bind(target),
      reword: mends?.reword,
      only_own_user: isForOwnUserOnly(target),
    });
    const client = await orClosing(door, async () => make.open(target.address(door.port), door));
    mends?.opened(client, door);
    if (gate.shared) watchPools(client, gate);
    if (gate !== open_gate) onReturn(client, (number) => door.returned(number));
    const session: DoorSession<Client> = new DoorSession(door, target, client, make, () =>
      doors.delete(session),
    );
    doors.set(session, door);
    return session;
  };
  const copyForLane = async (): Promise<Backend<Client> | undefined> => {
    const copy = doors.size > 0 ? undefined : await backend.copyForLane?.();
    return copy && throughDoors(copy, make, mending, commits_apart);
  };
  const waitingConnections = backend.waitingConnections?.bind(backend);
  return {
    name: backend.name,
    server: backend.server,
    prefix: backend.prefix,
    isolations: backend.isolations,
    ...(commits_apart ? { commitsApart: true as const } : {}),
    ...(backend.deadlockCheckMs === undefined ? {} : { deadlockCheckMs: backend.deadlockCheckMs }),
    open,
    ...(backend.copyForLane ? { copyForLane } : {}),
    ...(backend.contents ? { contents: (key) => backend.contents!(key) } : {}),
    ...(backend.rows ? { rows: () => backend.rows!() } : {}),
    ...(backend.skipNumbers ? { skipNumbers: () => backend.skipNumbers!() } : {}),
    ...(waitingConnections ? { waitingConnections } : {}),
    ...(backend.heldUpBy ? { heldUpBy: (held) => backend.heldUpBy!(held) } : {}),
    ...(backend.divided ? { divided: (sent) => backend.divided!(sent) } : {}),
    async waiting(asked) {
      const asked_for = asked.flatMap((session) => doors.get(session)?.connections ?? []);
      if (asked_for.length === 0) return new Set();
      const waiting = await waitingConnections?.(asked_for);
      return new Set(
        asked.filter((session) =>
          doors.get(session)?.connections.some((connection) => waiting?.has(connection)),
        ),
      );
    },
    outcome: (error) => (error instanceof WireError ? "info" : backend.outcome(error)),
    code: (error) => (error instanceof WireError ? error.code : backend.code(error)),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

/** A door that nobody uses would keep this process alive. @throws whatever `open` throws */
export async function orClosing<Client>(
  doors: AsyncDisposable,
  open: () => Promise<Client>,
): Promise<Client> {
  try {
    return await open();
  } catch (error) {
    // Only the first error is reported.
    await Promise.allSettled([doors[Symbol.asyncDispose]()]);
    throw error;
  }
}

/** Watches the pools of which we can know which client waits for a connection or holds one. */
export function watchPools(client: unknown, gate: Gate): void {
  for (const one of [client, ...Object.values(Object(client) as object)])
    if (isPgPool(one)) watchPool(one, gate);
}

/** One client of the application behind its door: all its connections, whatever made them. */
class DoorSession<Client> implements Session<Client> {
  readonly client: Client;
  readonly #door: Door;
  readonly #target: DoorTarget;
  readonly #make: MakeClient<Client>;
  readonly #closed: () => void;
  #is_disposed = false;

  constructor(
    door: Door,
    target: DoorTarget,
    client: Client,
    make: MakeClient<Client>,
    closed: () => void,
  ) {
    this.client = client;
    this.#door = door;
    this.#target = target;
    this.#make = make;
    this.#closed = closed;
  }

  get connections(): readonly number[] {
    return this.#door.all_connections;
  }

  get connectionCount(): number {
    return this.#door.connections.length;
  }

  get alive(): boolean {
    return !this.#is_disposed && (this.#make.reconnects === true || !this.#door.has_lost);
  }

  get isUsedUp(): boolean {
    return this.#door.is_used_up;
  }

  loseNextReply(): void {
    this.#door.failNext("reset after");
  }

  failNext(error: string): void {
    this.#door.failNext(error);
  }

  left(): Left {
    return { transactions: this.#door.transactions, lent: lentConnections(this.client) };
  }

  takeReturnedOpen(): boolean {
    return this.#door.takeReturnedOpen();
  }

  async locks(): Promise<readonly string[]> {
    return (await this.#target.locks?.(this.#door.connections)) ?? [];
  }

  async clean(left: "settings" | "something"): Promise<void> {
    if (left === "settings") throw new Error("What was set cannot be known.");
    await this.#door.clean(this.#target.unlocks);
  }

  /** An idle client is closed in its own way; connections with a request under way are terminated first. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#is_disposed) return;
    this.#is_disposed = true;
    const { connections, busy } = this.#door;
    const everything = this.#door.all_connections;
    if (busy.length > 0) await this.#target.terminate(busy);
    await closeInTime(async () => this.#make.close(this.client));
    await this.#door[Symbol.asyncDispose]();
    await this.#target.gone(connections);
    await this.#target.endSessions?.(everything);
    this.#closed();
  }
}
