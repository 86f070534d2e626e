import { promisify } from "node:util";
import type { Client } from "node-zookeeper-client";
import { newName } from "../../owners/run-mark.ts";
import { type Backend, open_gate } from "../backend.ts";
import { loadDriver } from "../load-driver.ts";
import {
  type Address,
  addressIn,
  closeClient,
  openClient,
  removeWithChildren,
  versionAt,
} from "./connect.ts";
import type { Library } from "./driver.ts";
import { code, outcome } from "./errors.ts";
import { ZookeeperSession } from "./session.ts";

/**
 * ZooKeeper through node-zookeeper-client, in a node of our own that `asyncDispose` removes: all paths of
 * the clients are below it.
 * @param server its URL, `zookeeper://127.0.0.1:2181`
 * @throws CannotConnect
 */
export async function connectZookeeper(server: { readonly url: string }): Promise<Backend<Client>> {
  return (await openWith(server)).backend;
}

/** The backend, with the library and the place that it uses. @throws CannotConnect */
export async function openWith(server: { readonly url: string }): Promise<{
  readonly backend: Omit<Backend<Client>, "copyForLane">;
  readonly library: Library;
  readonly address: Address;
  readonly folder: string;
}> {
  const address = addressIn(server.url);
  const version = await versionAt(address);
  const load = () => import("node-zookeeper-client");
  const { default: library } = await loadDriver("node-zookeeper-client", load);
  const folder = `/raceproof-${newName()}`;
  const sessions = new Set<ZookeeperSession>();
  const control = await openClient(library, address, "");
  await promisify<string, unknown>(control.create.bind(control))(folder);

  const backend: Omit<Backend<Client>, "copyForLane"> = {
    name: "zookeeper",
    server: `ZooKeeper ${version}`,
    prefix: "",
    isolations: [],
    async open(gate = open_gate) {
      const client = await openClient(library, address, folder);
      const session = new ZookeeperSession(client, gate, (known) =>
        openClient(library, address, "", known),
      );
      sessions.add(session);
      session.closed = () => sessions.delete(session);
      return session;
    },
    // In ZooKeeper a request never waits for another: a client that waits for a lock asks again.
    waiting: async () => new Set(),
    outcome,
    code,
    async [Symbol.asyncDispose]() {
      await Promise.all([...sessions].map((session) => session[Symbol.asyncDispose]()));
      // A server that is gone has nothing left to remove.
      await removeWithChildren(control, folder).catch((error: Error) => {
        if (!/^(CONNECTION_LOSS|SESSION_EXPIRED|NO_NODE)$/.test(error.name)) throw error;
      });
      await closeClient(control);
    },
  };
  return { backend, library, address, folder };
}
