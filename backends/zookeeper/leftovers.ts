import { promisify } from "node:util";
import { type Found, namedLeftovers } from "../leftover.ts";
import { loadDriver } from "../load-driver.ts";
import { addressIn, closeClient, openClient, removeWithChildren } from "./connect.ts";

/** The nodes of runs at this server. @throws CannotConnect */
export async function zookeeperLeftovers(server: { readonly url: string }): Promise<Found> {
  const load = () => import("node-zookeeper-client");
  const { default: library } = await loadDriver("node-zookeeper-client", load);
  const client = await openClient(library, addressIn(server.url), "");
  const names = await promisify<string, string[]>(client.getChildren.bind(client))("/");
  return {
    leftovers: namedLeftovers("node", "raceproof-", names, (name) =>
      removeWithChildren(client, `/${name}`),
    ),
    [Symbol.asyncDispose]: () => closeClient(client),
  };
}
