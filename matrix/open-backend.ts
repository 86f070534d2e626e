import { open_gate } from "../backends/backend.ts";
import { CannotConnect } from "../backends/cannot-connect.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import type { BackendEntry } from "./backends.ts";
import { type Cell, cellsOf } from "./cell.ts";
import type { Strategy } from "./strategy.ts";
import type { Suite } from "./suite.ts";

/** A backend that is connected, with the cells of some suites on it. */
export interface OpenBackend extends AsyncDisposable {
  readonly cells: readonly Cell[];
}

/**
 * Connects to a backend and sets up what the strategies of these suites need there.
 * @throws CannotConnect when the server cannot be reached, or is of another kind
 */
export async function openBackend(
  entry: BackendEntry,
  servers: Readonly<Partial<Record<ServerKind, Server>>>,
  suites: readonly Suite[],
): Promise<OpenBackend> {
  const backend = await entry.connect(servers as Readonly<Record<ServerKind, Server>>);
  try {
    if (![entry.name, ...(entry.or ?? [])].includes(backend.name))
      throw new CannotConnect(
        `The server for ${entry.name} is ${backend.server}: correct its URL.`,
      );
    const cells: Cell[] = [];
    await using session = await backend.open(open_gate);
    for (const { workload, strategies } of suites) {
      const of_backend = await strategies[backend.name]?.();
      await of_backend?.setUp?.(session.client);
      cells.push(...cellsOf(backend, workload, of_backend?.strategies ?? []));
    }
    return { cells, [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose]() };
  } catch (error) {
    // Only the first error is reported.
    await Promise.allSettled([backend[Symbol.asyncDispose]()]);
    throw error;
  }
}

/** A suite's strategies on a backend, without connecting to anything. */
export async function strategiesOn(
  suite: Suite,
  { name }: Pick<BackendEntry, "name">,
): Promise<readonly Pick<Strategy<unknown>, "name" | "declared">[]> {
  return (await suite.strategies[name]?.())?.strategies ?? [];
}

/** Their names. */
export const strategyNames = async (
  suite: Suite,
  entry: Pick<BackendEntry, "name">,
): Promise<string[]> => (await strategiesOn(suite, entry)).map(({ name }) => name);
