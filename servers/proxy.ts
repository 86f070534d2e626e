/** A proxy whose connections we can cut: clients connect to a port of ours, which passes everything to the server. */
import { once } from "node:events";
import {
  type AddressInfo,
  connect,
  createServer,
  type NetConnectOpts,
  type Socket,
} from "node:net";

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
  "mariadb:": 3306,
  "redis:": 6379,
  "rediss:": 6379,
  "http:": 80,
  "https:": 443,
  "zookeeper:": 2181,
};
/** Where a URL says that its server is elsewhere than before its path. */
const elsewhere = ["host", "port", "socketPath"];

/**
 * @param server asked for its URL at each new connection, as it may come back at another address
 * @throws the system's error when there is no port
 */
export async function proxyTo(server: { readonly url: string }): Promise<Proxy> {
  const open = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (near) => {
    const far = connect(placeOf(new URL(server.url)));
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
  for (const name of elsewhere) url.searchParams.delete(name);
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

/** A port, or a Unix socket, which each kind of URL names in its own way. */
function placeOf({ protocol, hostname, port: in_url, searchParams }: URL): NetConnectOpts {
  const socket = searchParams.get("socketPath");
  if (socket !== null) return { path: socket };
  const host = searchParams.get("host") ?? decodeURIComponent(hostname.replace(/^\[|\]$/g, ""));
  const port = Number(searchParams.get("port") ?? in_url) || (default_ports[protocol] ?? 0);
  return host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
}
