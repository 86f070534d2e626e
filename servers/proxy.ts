/** A proxy whose connections we can cut: clients connect to a port of ours, which passes everything to the server. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Proxy extends AsyncDisposable {
  /** The server's URL, with the proxy's address in place of its own. */
  readonly url: string;
  /** Ends all open connections, both halves at once; data under way in them is lost. New connections work. */
  cut(): void;
}

const default_ports: Readonly<Record<string, number>> = {
  "postgres:": 5432,
  "postgresql:": 5432,
  "mysql:": 3306,
  "redis:": 6379,
  "http:": 80,
};

/**
 * @param server asked for its URL at each new connection, as it may come back at another address
 * @throws the system's error when there is no port
 */
export async function proxyTo(server: { readonly url: string }): Promise<Proxy> {
  const open = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (near) => {
    const { protocol, hostname, port } = new URL(server.url);
    const host = hostname.replace(/^\[|\]$/g, "");
    const far = connect({ host, port: Number(port) || (default_ports[protocol] ?? 0) });
    far.setNoDelay(true);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.pipe(other);
      // When one half breaks, the other is destroyed. When one ends, the other may finish (`pipe` sees to that).
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroySoon();
      });
    }
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const url = new URL(server.url);
  url.hostname = "127.0.0.1";
  url.port = String((listener.address() as AddressInfo).port);
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    async [Symbol.asyncDispose]() {
      const closed = once(listener, "close");
      listener.close();
      cut();
      await closed;
    },
  };
}
