import { type Backend, open_gate } from "../../backends/backend.ts";
import { CannotConnect } from "../../backends/cannot-connect.ts";
import { type Cell, cellsOf } from "../../matrix/cell.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import type { Server, ServerKind } from "../../servers/server.ts";

type Servers = Readonly<Partial<Record<ServerKind, Server>>>;

/** A backend with its strategies, connected. */
export interface OpenSuite extends AsyncDisposable {
  readonly cells: readonly Cell[];
}

/** The counter on one backend, or on two that work together. */
export interface CounterSuite {
  /** As on the command line. */
  readonly backend: string;
  readonly servers: readonly ServerKind[];
  /** Not part of what runs when nothing is named: it takes long and shows little that others do not. */
  readonly only_by_name: boolean;
  /** Names of its strategies, without connecting to anything. */
  names(): Promise<readonly string[]>;
  open(servers: Servers): Promise<OpenSuite>;
}

/** Ways of counting, and what must be there for all of them. */
export interface Counters<Client> {
  readonly strategies: readonly Strategy<Client>[];
  readonly setUp: (client: Client) => Promise<void>;
}

/** What makes up a suite; everything of it is loaded and connected only when it is needed. */
export interface Parts<Client> {
  readonly backend: string;
  readonly servers: readonly ServerKind[];
  readonly only_by_name?: true;
  readonly counters: () => Promise<Counters<Client>>;
  connect(servers: Readonly<Record<ServerKind, Server>>): Promise<Backend<Client>>;
  /** Where another server's answer is no mistake of the URL: its name, and the ways of counting there. */
  readonly instead?: Readonly<Record<string, () => Promise<Counters<Client>>>>;
}

export function counterSuite<Client>(parts: Parts<Client>): CounterSuite {
  const { backend, servers, only_by_name = false } = parts;
  return {
    backend,
    servers,
    only_by_name,
    names: async () => (await parts.counters()).strategies.map((strategy) => strategy.name),
    open: async (given) =>
      openSuite(parts, await parts.connect(given as Readonly<Record<ServerKind, Server>>)),
  };
}

async function openSuite<Client>(
  parts: Parts<Client>,
  backend: Backend<Client>,
): Promise<OpenSuite> {
  try {
    const counters =
      backend.name === parts.backend ? parts.counters : parts.instead?.[backend.name];
    if (counters === undefined) {
      throw new CannotConnect(
        `The server for ${parts.backend} is ${backend.server}: correct its URL.`,
      );
    }
    const { strategies, setUp } = await counters();
    await using session = await backend.open(open_gate);
    await setUp(session.client);
    return {
      cells: cellsOf(backend, strategies),
      [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose](),
    };
  } catch (error) {
    await backend[Symbol.asyncDispose]();
    throw error;
  }
}
