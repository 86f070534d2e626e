import { sweep } from "../backends/leftovers.ts";
import { victimOf } from "../matrix/faults/victim.ts";
import { sweptText } from "../reports/leftovers.ts";
import type { StatusLine } from "../reports/status-line.ts";
import type { Settings } from "../servers/local/recipe.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import { startServer } from "../servers/start.ts";

export interface StartedServers extends AsyncDisposable {
  /** Each settles when the server is ready or cannot be started. */
  readonly ready: ReadonlyMap<ServerKind, Promise<Server>>;
}

/**
 * Starts servers side by side and shows how far they are. Disposing stops those that were started.
 * @param disturbed settings of servers that are to suffer faults: then each is a Victim
 */
export function startServers(
  kinds: readonly ServerKind[],
  sources: ReadonlyMap<ServerKind, string>,
  status: StatusLine,
  signal: AbortSignal,
  disturbed?: Settings,
): StartedServers {
  const ready = new Map(
    kinds.map((kind) => {
      const from = sources.get(kind);
      const starting = startServer(kind, {
        ...(from === undefined ? {} : { from }),
        ...(disturbed === undefined ? {} : { settings: disturbed }),
        progress: ({ what, done, total, unit, stays }) =>
          stays ? status.say(what) : status.show(what, done, total, unit),
        signal,
      });
      const swept = starting.then((server) => sweepFirst(server, status));
      const server = disturbed === undefined ? swept : swept.then(victimOf);
      server.catch(() => undefined); // whoever awaits it gets the error
      return [kind, server] as const;
    }),
  );
  return {
    ready,
    async [Symbol.asyncDispose]() {
      const settled = await Promise.allSettled(ready.values());
      await Promise.all(
        settled.map(async (s) => {
          if (s.status === "fulfilled") await s.value[Symbol.asyncDispose]();
        }),
      );
    },
  };
}

/** Removes what killed runs have left at a server that is someone else's, and says so. */
async function sweepFirst(server: Server, status: StatusLine): Promise<Server> {
  if (server.source !== "url") return server;
  // If the server cannot be reached, the backend that connects to it says so later.
  const swept = await sweep(server).catch(() => undefined);
  const said = swept && sweptText(server.origin, swept);
  if (said !== undefined) status.say(said);
  return server;
}
