/** A server that a run breaks on purpose, while clients work with it. */
import { type Proxy, proxyTo } from "../../servers/proxy.ts";
import type { Breakable, Server } from "../../servers/server.ts";

export const fault_kinds = ["kill", "pause", "cut", "restart"] as const;

/**
 * `kill`: kill -9 and start again on the same data and port; `pause`: hold all its processes for a while
 * (SIGSTOP) while connections stay open; `cut`: end all connections; `restart`: stop properly and start again.
 */
export type FaultKind = (typeof fault_kinds)[number];

/** Its URL leads through a proxy, so that its connections can be cut. */
export interface Victim extends Server {
  /** Which faults are possible: someone else's server can only be cut off from our own clients. */
  readonly bears: readonly FaultKind[];
  /**
   * Causes the fault, and repairs it.
   * @param hold waits while a pause lasts
   * @throws ServerUnavailable when it does not come back
   */
  suffer(kind: FaultKind, hold: () => Promise<void>): Promise<void>;
}

export const isVictim = (server: Server): server is Victim => "suffer" in server;

/** The victim owns the server from now on, and disposes of it. @throws the system's error when there is no port */
export async function victimOf(server: Server & Partial<Breakable>): Promise<Victim> {
  const proxy = await proxyTo(server);
  return {
    ...described(server),
    url: proxy.url,
    bears: isOwn(server) ? fault_kinds : ["cut"],
    suffer: (kind, hold) => suffer(server, proxy, kind, hold),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

function described({ kind, source, origin, product }: Server): Omit<Server, "url"> {
  const names = { kind, source, origin, ...(product === undefined ? {} : { product }) };
  return names as Omit<Server, "url">;
}

const isOwn = (server: Server & Partial<Breakable>): server is Server & Breakable =>
  server.kill !== undefined;

async function suffer(
  server: Server & Partial<Breakable>,
  proxy: Proxy,
  kind: FaultKind,
  hold: () => Promise<void>,
): Promise<void> {
  if (kind === "cut") return proxy.cut();
  if (!isOwn(server)) throw new Error(`${server.origin} is not ours to ${kind}`);
  switch (kind) {
    case "kill":
      await server.kill();
      return server.start();
    case "restart":
      await server.stop();
      return server.start();
    case "pause":
      await server.pause();
      try {
        await hold();
      } finally {
        await server.resume();
      }
  }
}
