/** Finds what runs have made on servers that are someone else's, and removes it when the runs are over. */
import { type DatabaseKind, databaseKindOf } from "./database-kind.ts";
import type { Found, Leftover } from "./leftover.ts";

type Find = (server: { readonly url: string }) => Promise<Found>;

const by_kind: Readonly<Record<DatabaseKind, Find>> = {
  postgres: async (server) => (await import("./postgres/leftovers.ts")).postgresLeftovers(server),
  mysql: async (server) => (await import("./mysql/leftovers.ts")).mysqlLeftovers(server),
  redis: async (server) => (await import("./redis/leftovers.ts")).redisLeftovers(server),
  dynamodb: async (server) => (await import("./dynamodb/leftovers.ts")).dynamodbLeftovers(server),
  zookeeper: async (server) =>
    (await import("./zookeeper/leftovers.ts")).zookeeperLeftovers(server),
};

/** Only looks, changes nothing. @throws CannotConnect */
export async function findLeftovers(server: { readonly url: string }): Promise<Found> {
  const kind = databaseKindOf(server.url);
  return kind ? by_kind[kind](server) : { leftovers: [], async [Symbol.asyncDispose]() {} };
}

/** The result of sweeping a server. */
export interface Swept {
  readonly removed: readonly Leftover[];
  /** What the server did not let us remove, with its message. */
  readonly refused: readonly { readonly leftover: Leftover; readonly why: string }[];
  /** What was left: from living runs, from other machines, or where others may have put something. */
  readonly left: readonly Leftover[];
}

/**
 * Removes what is left of runs that are certainly over.
 * @param asked also remove what is removed only on request
 * @throws CannotConnect
 */
export async function sweep(server: { readonly url: string }, asked = false): Promise<Swept> {
  await using found = await findLeftovers(server);
  const is_ours = ({ mark, if_asked }: Leftover): boolean =>
    mark.state === "over" && (asked || !if_asked);
  // Without `await` the connection would end before it is used.
  return await removeThose(found.leftovers, is_ours);
}

/** Removes some of what was found. */
export async function removeThose(
  found: readonly Leftover[],
  which: (one: Leftover) => boolean,
): Promise<Swept> {
  const ours = found.filter(which);
  const removed: Leftover[] = [];
  const refused: { leftover: Leftover; why: string }[] = [];
  for (const leftover of ours) {
    try {
      await leftover.remove();
      removed.push(leftover);
    } catch (error) {
      refused.push({ leftover, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { removed, refused, left: found.filter((one) => !ours.includes(one)) };
}
