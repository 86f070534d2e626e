/**
 * Several databases of one program, each behind doors of its own: all of a client's requests, to whichever of them,
 * come to the same gate. So a schedule decides between the read of a cache and the write to its table, too.
 */
import type {
  Backend,
  Contents,
  DividedStatement,
  Gate,
  HeldUp,
  Isolation,
  OpenOptions,
  SentStatement,
  Session,
  Step,
} from "../../backends/backend.ts";
import { open_gate } from "../../backends/backend.ts";
import type { Address } from "../../backends/door-target.ts";
import { lentConnections, onReturn } from "../../backends/lent-connections.ts";
import type { AllRows } from "../../backends/rows.ts";
import { closeInTime } from "./close-in-time.ts";
import {
  type Doorstep,
  type MakeClient,
  orClosing,
  throughDoors,
  watchPools,
} from "./door-backend.ts";
import type { Mending } from "./mending.ts";

/** Makes what an application works with, at the addresses of its databases. */
export interface MakeOfSeveral<Client> {
  open(addresses: Readonly<Record<string, Address>>, doors: Doorstep): Client | Promise<Client>;
  close(client: Client): unknown;
  /** The client makes new connections itself, so that a closed one does not matter. */
  readonly reconnects?: boolean;
  /** Whether the client can still work. Default: as long as its doors can. */
  isAlive?(client: Client): boolean;
}

/** A repair that is tried at the doors of one of the databases. */
export interface MendsOne {
  readonly database: string;
  readonly mending: Mending;
}

/** The part of a client that belongs to one of its databases. */
interface Entrance {
  readonly address: Address;
  readonly door: Doorstep;
}

/** A session of each database, whose client is no more than the address of its door. */
type Parts = readonly Session<Entrance>[];

/**
 * @param backends by name; disposed of with this one
 * @throws Error for a backend whose protocol no door can read
 */
export function throughSeveralDoors<Client>(
  backends: Readonly<Record<string, Backend<unknown>>>,
  make: MakeOfSeveral<Client>,
  mends?: MendsOne,
): Backend<Client> {
  return new SeveralDoors(backends, make, mends);
}

class SeveralDoors<Client> implements Backend<Client> {
  readonly name: string;
  readonly server: string;
  readonly prefix = "";
  readonly isolations: readonly Isolation[];
  readonly commitsApart = true;
  declare readonly deadlockCheckMs?: number;
  readonly #backends: Readonly<Record<string, Backend<unknown>>>;
  readonly #make: MakeOfSeveral<Client>;
  readonly #mends: MendsOne | undefined;
  readonly #names: readonly string[];
  readonly #doors: readonly Backend<Entrance>[];
  readonly #sessions = new WeakMap<Session<Client>, Parts>();

  constructor(
    backends: Readonly<Record<string, Backend<unknown>>>,
    make: MakeOfSeveral<Client>,
    mends: MendsOne | undefined,
  ) {
    this.#backends = backends;
    this.#make = make;
    this.#mends = mends;
    this.#names = Object.keys(backends);
    const only_entrance: MakeClient<Entrance> = {
      open: (address, door) => ({ address, door }),
      close: () => undefined,
      reconnects: make.reconnects ?? false,
    };
    const doors = Object.entries(backends).map(([name, backend]) =>
      throughDoors(backend, only_entrance, mends?.database === name ? mends.mending : undefined),
    );
    this.#doors = doors;
    this.name = doors.map(({ name }) => name).join("+");
    this.server = doors.map(({ server }) => server).join(", ");
    this.isolations = doors.find(({ isolations }) => isolations.length > 0)?.isolations ?? [];
    const checks_ms = doors.flatMap(({ deadlockCheckMs }) => deadlockCheckMs ?? []);
    if (checks_ms.length > 0) this.deadlockCheckMs = Math.max(...checks_ms);
  }

  async open(gate: Gate = open_gate, options: OpenOptions = {}): Promise<Session<Client>> {
    const faults: NextError = { error: undefined };
    const parts: Session<Entrance>[] = [];
    for (const [at, door] of this.#doors.entries()) {
      const marked = (step: Step): Step => ({
        ...step,
        database: door.name,
        ...(step.connection === undefined
          ? {}
          : { connection: this.#numberOf(step.connection, at) }),
      });
      const own = gateOf(gate, faults, () => parts[at]!, marked);
      parts.push(await orClosing(allOf(parts), () => door.open(own, options)));
    }
    const places = parts.map(({ client }) => client);
    const addresses = this.#names.map((name, i) => [name, places[i]!.address] as const);
    const returned = (connection: number): void => {
      for (const { door } of places) door.returned(connection);
    };
    const doorstep: Doorstep = {
      is_outside: gate === open_gate,
      left: async () => void (await Promise.all(places.map(({ door }) => door.left()))),
      returned,
      settled: async () => void (await Promise.all(places.map(({ door }) => door.settled()))),
    };
    const client = await orClosing(allOf(parts), async () =>
      this.#make.open(Object.fromEntries(addresses), doorstep),
    );
    if (gate.shared) watchPools(client, gate);
    if (gate !== open_gate) onReturn(client, returned);
    const mended = this.#names.indexOf(this.#mends?.database ?? "");
    this.#mends?.mending.hasDoorOf(client, places[mended]);
    const connections = (): number[] =>
      parts.flatMap(({ connections: own = [] }, at) =>
        own.map((number) => this.#numberOf(number, at)),
      );
    const session = sessionOf({ client, parts, faults, connections }, this.#make);
    this.#sessions.set(session, parts);
    return session;
  }

  async waiting(asked: readonly Session<Client>[]): Promise<Set<Session<Client>>> {
    const partsOf = (session: Session<Client>): Parts => this.#sessions.get(session) ?? [];
    const all = await Promise.all(
      this.#doors.map((door, at) => door.waiting(asked.flatMap((one) => partsOf(one)[at] ?? []))),
    );
    return new Set(asked.filter((one) => partsOf(one).some((part, at) => all[at]!.has(part))));
  }

  async waitingConnections(connections: readonly number[]): Promise<Set<number>> {
    const many = this.#doors.length;
    const found = await Promise.all(
      this.#doors.map(async (door, at) => {
        const own = connections.filter((number) => number % many === at);
        const asked = own.map((number) => (number - at) / many);
        const waiting = asked.length > 0 ? await door.waitingConnections?.(asked) : undefined;
        return [...(waiting ?? [])].map((connection) => this.#numberOf(connection, at));
      }),
    );
    return new Set(found.flat());
  }

  async heldUpBy({ waiting, ours, statements }: HeldUp): Promise<string | undefined> {
    const many = this.#doors.length;
    const said = await Promise.all(
      this.#doors.map(async (door, at) => {
        const at_this = (all: readonly number[]): number[] =>
          all.filter((number) => number % many === at).map((number) => (number - at) / many);
        return door.heldUpBy?.({ waiting: at_this(waiting), ours: at_this(ours), statements });
      }),
    );
    return said.find((one) => one !== undefined);
  }

  async divided(sent: Iterable<SentStatement>): Promise<DividedStatement | undefined> {
    const all = [...sent];
    const found = await Promise.all(
      this.#doors.map(async (door) =>
        door.divided?.(all.filter(({ database }) => database === door.name)),
      ),
    );
    return found.find((one) => one !== undefined);
  }

  async copyForLane(): Promise<Backend<Client> | undefined> {
    const copies = await Promise.all(
      Object.values(this.#backends).map(async (backend) => backend.copyForLane?.()),
    );
    if (copies.every((copy) => copy !== undefined)) {
      const named = this.#names.map((name, i) => [name, copies[i]!] as const);
      return new SeveralDoors(Object.fromEntries(named), this.#make, this.#mends);
    }
    await Promise.all(copies.map(async (copy) => copy?.[Symbol.asyncDispose]()));
    return undefined;
  }

  async contents(key: string): Promise<Contents> {
    const all = await Promise.all(this.#doors.map(async (door) => door.contents?.(key)));
    return new Map(
      all.flatMap((contents, i) =>
        [...(contents ?? [])].map(
          ([what, held]) => [`${what} of ${this.#names[i]}`, held] as const,
        ),
      ),
    );
  }

  async skipNumbers(): Promise<void> {
    await Promise.all(this.#doors.map(async (door) => door.skipNumbers?.()));
  }

  async rows(): Promise<AllRows> {
    const all = await Promise.all(this.#doors.map(async (door) => door.rows?.()));
    return new Map(
      all.flatMap((rows, i) =>
        [...(rows ?? [])].map(([table, held]) => {
          const place = `${this.#names[i]}.`;
          const sequences = Object.entries(held.sequences).map(
            ([column, sequence]) => [column, place + sequence] as const,
          );
          return [place + table, { ...held, sequences: Object.fromEntries(sequences) }] as const;
        }),
      ),
    );
  }

  /** An error belongs to the database that knows it. */
  outcome(error: unknown): "fail" | "info" {
    return this.#doors.some((door) => door.outcome(error) === "fail") ? "fail" : "info";
  }

  code(error: unknown): string {
    return this.#doors.map((door) => door.code(error)).find((code) => code !== "error") ?? "error";
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#doors.map((door) => door[Symbol.asyncDispose]()));
  }

  /** Servers number their connections independently, so the numbers are made different for each server. */
  #numberOf(connection: number, at: number): number {
    return connection * this.#doors.length + at;
  }
}

/** The error that the next request is to meet, whichever database it goes to. */
interface NextError {
  error: string | undefined;
}

/** The gate as one of several databases sees it. */
function gateOf(
  gate: Gate,
  faults: NextError,
  part: () => Session<Entrance>,
  marked: (step: Step) => Step,
): Gate {
  if (gate === open_gate) return gate;
  return {
    ...(gate.shared ? { shared: true } : {}),
    ...(gate.runsFree ? { runsFree: true } : {}),
    ...(gate.opens ? { opens: () => gate.opens!() } : {}),
    pass: (step, send) =>
      gate.pass(marked(step), () => {
        // Only when a request goes is it known to which database.
        if (faults.error !== undefined) part().failNext?.(faults.error);
        faults.error = undefined;
        return send();
      }),
  };
}

const allOf = (parts: Parts): AsyncDisposable => ({
  async [Symbol.asyncDispose]() {
    await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
  },
});

interface Place<Client> {
  readonly client: Client;
  readonly parts: Parts;
  readonly faults: NextError;
  readonly connections: () => readonly number[];
}

function sessionOf<Client>(
  { client, parts, faults, connections }: Place<Client>,
  make: MakeOfSeveral<Client>,
): Session<Client> {
  return {
    client,
    get connections() {
      return connections();
    },
    loseNextReply: () => {
      faults.error = "reset after";
    },
    failNext: (error) => {
      faults.error = error;
    },
    get alive() {
      return parts.every(({ alive }) => alive) && (make.isAlive?.(client) ?? true);
    },
    get connectionCount() {
      return Math.max(...parts.map(({ connectionCount = 1 }) => connectionCount));
    },
    // Each is asked: what one says, it says once.
    takeReturnedOpen: () => parts.filter((part) => part.takeReturnedOpen?.()).length > 0,
    get isUsedUp() {
      return parts.some((part) => part.isUsedUp);
    },
    left: () => ({
      transactions: parts.reduce((sum, part) => sum + (part.left?.().transactions ?? 0), 0),
      lent: lentConnections(client),
    }),
    async locks() {
      return (await Promise.all(parts.map(async (part) => part.locks?.() ?? []))).flat();
    },
    async clean(left) {
      await Promise.all(parts.map(async (part) => part.clean?.(left)));
    },
    async [Symbol.asyncDispose]() {
      await closeInTime(async () => make.close(client));
      await Promise.all(parts.map((part) => part[Symbol.asyncDispose]()));
    },
  };
}
