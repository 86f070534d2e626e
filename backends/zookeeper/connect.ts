import { once } from "node:events";
import { connect as dial } from "node:net";
import { posix } from "node:path";
import { promisify } from "node:util";
import type { Client } from "node-zookeeper-client";
import { CannotConnect } from "../cannot-connect.ts";
import { connect_limit_ms, explainConnect, noUrl } from "../explain-connect.ts";
import { hostForUrl, hostIn } from "../url-host.ts";
import { closed, type Library, managerOf } from "./driver.ts";

const url_form = "zookeeper://user:password@host:port";
/** A client that is silent for this long loses its session, and with it its ephemeral nodes. */
export const session_timeout_ms = 10_000;

export interface Address {
  readonly host: string;
  readonly port: number;
  /** `user:password` of ZooKeeper's scheme digest, if the URL has one. */
  readonly login?: string;
}

/** @throws CannotConnect when it is not a ZooKeeper URL */
export function addressIn(url: string): Address {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== "zookeeper:" || parsed.hostname === "") {
    throw noUrl("ZooKeeper", url_form);
  }
  const { port, username, password } = parsed;
  const host = hostIn(parsed);
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { host, port: Number(port || 2181), ...(login === ":" ? {} : { login }) };
}

/** The server's version, which it tells without a session. @throws CannotConnect */
export async function versionAt({ host, port }: Address): Promise<string> {
  const socket = dial({ host, port, timeout: connect_limit_ms });
  const place = { product: "ZooKeeper", host, port, user: "", url_form };
  try {
    socket.on("timeout", () => socket.destroy(new Error("no answer")));
    let said = "";
    socket.on("data", (data) => {
      said += data.toString();
    });
    socket.write("srvr");
    await once(socket, "close");
    const version = /^Zookeeper version: (\d+\.\d+\.\d+)/.exec(said)?.[1];
    if (version === undefined) throw new Error(said.trim().split("\n")[0] || "no answer");
    return version;
  } catch (error) {
    throw await explainConnect(error, place, false);
  }
}

/** By what the server recognizes a session. */
export interface Identity {
  readonly sessionId: Buffer;
  readonly sessionPassword: Buffer;
}

/**
 * Opens a session, or another connection of an existing session. It never reconnects by itself:
 * the first error is reported.
 * @param folder all paths of the client are below it
 * @throws CannotConnect
 */
export async function openClient(
  library: Library,
  { host, port, login }: Address,
  folder: string,
  known?: Identity,
): Promise<Client> {
  const client = library.createClient(`server:${port}${folder}`, {
    sessionTimeout: session_timeout_ms,
    retries: 0,
    ...known,
  });
  const manager = managerOf(client);
  // Its list is a text in which there is no place for IPv6.
  manager.servers = [{ host, port }];
  // Sent as soon as there is a connection, before any request.
  if (login !== undefined) client.addAuthInfo("digest", Buffer.from(login));
  client.connect();
  manager.connect = () => manager.setState(closed);
  const giving_up = AbortSignal.timeout(connect_limit_ms);
  const refused = new Promise<never>((_, reject) => {
    const refuse = (): void =>
      reject(
        new CannotConnect(
          `ZooKeeper at ${hostForUrl(host)}:${port} opens no session: look at its log.`,
        ),
      );
    giving_up.addEventListener("abort", refuse);
    client.once("expired", refuse);
  });
  const ready = once(client, "connected").then(() => (login ? answered(client) : undefined));
  await Promise.race([ready, refused]).catch((error: unknown) => {
    manager.socket?.destroy();
    throw error;
  });
  return client;
}

/**
 * Resolves once the server has answered everything that was sent. The library does not tell when a log-in is over; an
 * answer that is still under way would be taken for that of the first step.
 */
const answered = (client: Client): Promise<void> =>
  new Promise((resolve) => client.exists("/", () => resolve()));

/** Ends the session at the server, as its timeout would: its ephemeral nodes are gone. */
export async function closeClient(client: Client): Promise<void> {
  const manager = managerOf(client);
  if (manager.state === closed) return;
  const gone = new Promise((resolve) => manager.socket.once("close", resolve));
  client.close();
  await gone;
}

/**
 * Removes a node and all that is below it. Not by the library's `removeRecursive`: that removes the children, but not
 * theirs, and so a lock stays for which somebody waits.
 * @throws the server's error, also when the node is not there
 */
export async function removeWithChildren(client: Client, path: string): Promise<void> {
  const names = await promisify<string, string[]>(client.getChildren.bind(client))(path);
  for (const name of names)
    await removeWithChildren(client, posix.join(path, name)).catch(unlessGone);
  await promisify<string, void>(client.remove.bind(client))(path);
}

/** A node that ended with its session meanwhile need not be removed. */
export function unlessGone(error: Error): void {
  if (error.name !== "NO_NODE") throw error;
}
