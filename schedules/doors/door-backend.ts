import type { Backend, Gate, OpenOptions, Session } from "../../backends/backend.ts";
import { open_gate } from "../../backends/backend.ts";
import type { Address, BackendWithDoor, DoorTarget } from "../../backends/door-target.ts";
import { Door } from "./door.ts";
import { WireError } from "./passage.ts";

/** Makes what an application works with, at the address that it is given: a driver's client, a pool, an ORM. */
export interface MakeClient<Client> {
  open(address: Address): Client | Promise<Client>;
  close(client: Client): unknown;
}

/**
 * The same database for programs that bring their own client: each client of a schedule has a door of its own.
 * What prepares and checks goes to the server directly.
 *
 * @param backend connected, in a database of its own; disposed of with this one
 */
export function throughDoors<Client>(
  backend: BackendWithDoor<unknown>,
  make: MakeClient<Client>,
): Backend<Client> {
  const { door: target } = backend;
  const sessions = new Map<Session<Client>, Door>();
  const open = async (gate: Gate, options: OpenOptions = {}): Promise<Session<Client>> => {
    if (gate === open_gate) return openDirectly(target, make);
    const greeting = await target.prepare(options.isolation);
    const door = await Door.open({
      wire: target.wire,
      gate,
      greeting,
      connect: () => target.connect(),
      gone: (connection) => target.gone([connection]),
    });
    const client = await make.open(target.address(door.port));
    const session = new DoorSession(door, target, client, make);
    sessions.set(session, door);
    return session;
  };
  const waitingConnections = backend.waitingConnections?.bind(backend);
  return {
    name: backend.name,
    server: backend.server,
    prefix: backend.prefix,
    isolations: backend.isolations,
    ...(backend.deadlockCheckMs === undefined ? {} : { deadlockCheckMs: backend.deadlockCheckMs }),
    open,
    ...(waitingConnections ? { waitingConnections } : {}),
    async waiting(asked) {
      const doors = asked.flatMap((session) => sessions.get(session) ?? []);
      const waiting = await waitingConnections?.(doors.flatMap(({ connections }) => connections));
      return new Set(
        asked.filter((session) =>
          sessions.get(session)?.connections.some((connection) => waiting?.has(connection)),
        ),
      );
    },
    outcome: (error) => (error instanceof WireError ? "info" : backend.outcome(error)),
    code: (error) => (error instanceof WireError ? error.code : backend.code(error)),
    [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
  };
}

async function openDirectly<Client>(
  target: DoorTarget,
  make: MakeClient<Client>,
): Promise<Session<Client>> {
  const client = await make.open(target.address());
  return {
    client,
    alive: true,
    loseNextReply: () => undefined,
    [Symbol.asyncDispose]: async () => void (await make.close(client)),
  };
}

/** One client of the application behind its door: all its connections, whatever made them. */
class DoorSession<Client> implements Session<Client> {
  readonly client: Client;
  readonly #door: Door;
  readonly #target: DoorTarget;
  readonly #make: MakeClient<Client>;
  #is_disposed = false;

  constructor(door: Door, target: DoorTarget, client: Client, make: MakeClient<Client>) {
    this.client = client;
    this.#door = door;
    this.#target = target;
    this.#make = make;
  }

  get alive(): boolean {
    return !this.#is_disposed && !this.#door.has_lost;
  }

  loseNextReply(): void {
    this.#door.loseNextReply();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#is_disposed) return;
    this.#is_disposed = true;
    const { connections, busy } = this.#door;
    if (busy.length > 0) await this.#target.terminate(busy);
    await this.#door[Symbol.asyncDispose]();
    await Promise.resolve(this.#make.close(this.client)).catch(() => undefined);
    await this.#target.gone(connections);
  }
}
