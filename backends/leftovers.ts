/** Finds what runs have made on servers that are someone else's, and removes it when the runs are over. */
import type { Found, Leftover } from "./leftover.ts";

type Find = (server: { readonly url: string }) => Promise<Found>;

const postgres: Find = async (server) =>
  (await import("./postgres/leftovers.ts")).postgresLeftovers(server);
const mysql: Find = async (server) => (await import("./mysql/leftovers.ts")).mysqlLeftovers(server);
const redis: Find = async (server) => (await import("./redis/leftovers.ts")).redisLeftovers(server);
const dynamodb: Find = async (server) =>
  (await import("./dynamodb/leftovers.ts")).dynamodbLeftovers(server);
const zookeeper: Find = async (server) =>
  (await import("./zookeeper/leftovers.ts")).zookeeperLeftovers(server);

const by_scheme: Readonly<Record<string, Find>> = {
  postgres,
  postgresql: postgres,
  mysql,
  mariadb: mysql,
  redis,
  rediss: redis,
  http: dynamodb,
  https: dynamodb,
  zookeeper,
};

/** Only looks, changes nothing. @throws CannotConnect */
export async function findLeftovers(server: { readonly url: string }): Promise<Found> {
  const find = by_scheme[/^[a-z]+(?=:)/.exec(server.url)?.[0] ?? ""];
  return find ? find(server) : { leftovers: [], async [Symbol.asyncDispose]() {} };
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
  const ours = found.leftovers.filter(is_ours);
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
  return { removed, refused, left: found.leftovers.filter((one) => !ours.includes(one)) };
}
