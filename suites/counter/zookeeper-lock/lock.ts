import { basename } from "node:path/posix";
import { promisify } from "node:util";
import { type Client, CreateMode, type Stat } from "node-zookeeper-client";
import { expireSession } from "../../../backends/zookeeper/session.ts";
import { Refused } from "../../../matrix/strategy.ts";

/** Takes about ten seconds. */
const attempts_max = 5_000;

/** The parts of the client that a lock needs, as promises. */
const tools = (client: Client) => ({
  create: promisify<string, number, string>(client.create.bind(client)),
  children: promisify<string, string[]>(client.getChildren.bind(client)),
  stat: promisify<string, Stat | null>(client.exists.bind(client)),
  remove: promisify<string, void>(client.remove.bind(client)),
});

/**
 * Runs `work` while holding a lock in ZooKeeper, by the recipe of its manual: each client creates an ephemeral
 * sequential node, and the lowest has the lock. https://zookeeper.apache.org/doc/current/recipes.html#sc_recipes_Locks
 * (In the recipe a client sleeps until a watch on the next lower node fires. Here it asks again and again, which
 * changes how soon it gets the lock, not who may have it.)
 * @param work gets the path of the node that holds the lock
 */
export async function withZookeeperLock<T>(
  client: Client,
  name: string,
  backoff: (attempt: number) => Promise<void>,
  work: (node: string) => Promise<T>,
): Promise<T> {
  const { create, children, remove } = tools(client);
  const node = await create(`/${name}/lock-`, CreateMode.EPHEMERAL_SEQUENTIAL);
  try {
    for (let attempt = 1; attempt <= attempts_max; attempt++) {
      const [lowest] = (await children(`/${name}`)).toSorted();
      if (lowest === basename(node)) return await work(node);
      // Always a short wait: the queue is fair, and the next client in it should see soon that it has the lock.
      await backoff(1);
    }
    throw new Refused(`lock ${name} was taken at each of ${attempts_max} attempts`);
  } finally {
    // If this fails, the node goes with its session; the error must not hide the result of the work.
    await remove(node).catch(() => undefined);
  }
}

/**
 * The zxid of the transaction that created the lock's node: later holders have higher ones. In 19 digits, so that the
 * texts sort like the numbers.
 */
export async function fenceOf(client: Client, node: string): Promise<string> {
  const stat = await tools(client).stat(node);
  if (stat === null) throw new Refused(`${node} is gone, and the lock with it`);
  return stat.czxid.readBigUInt64BE().toString().padStart(19, "0");
}

/** Creates the folder for the lock's nodes. */
export async function prepareLock(client: Client, name: string): Promise<void> {
  await promisify<string, string>(client.mkdirp.bind(client))(`/${name}`);
}

/** Makes the session of the lock's holder expire, so that the lock goes to the next client. */
export async function expireHolder(client: Client, name: string): Promise<void> {
  const { children, stat } = tools(client);
  const [lowest] = (await children(`/${name}`)).toSorted();
  const holder = lowest === undefined ? null : await stat(`/${name}/${lowest}`);
  if (holder !== null) await expireSession(holder.ephemeralOwner);
}
