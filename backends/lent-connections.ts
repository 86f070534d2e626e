/** What a program does with the connections of its pools, as far as the pools say. One that nobody knows says nothing. */
import type { EventEmitter } from "node:events";

type Known = Readonly<Record<string, unknown>>;

/** Where libraries keep their pools. */
const places = [
  [],
  ["$client"],
  ["pool"],
  ["client", "pool"],
  ["driver", "master"],
  ["connectionManager", "pool"],
];

/**
 * How many connections it has taken and not given back.
 * @param client what the program works with: a pool, an ORM, or an object with several of them
 */
export const lentConnections = (client: unknown): number =>
  [...poolsOf(client)].reduce((sum, pool) => sum + lentBy(pool as Known), 0);

/** Calls back when a connection goes back to a pool of pg or mysql2, with the server's own number of it. */
export function onReturn(client: unknown, returned: (connection: number) => void): void {
  for (const pool of poolsOf(client)) {
    // mysql2's pool of promises repeats the events of the one inside it.
    if (!isEmitter(pool) || isEmitter((pool as unknown as Known)["pool"])) continue;
    pool.on("release", (...said: readonly unknown[]) => {
      // With an error, pg closes it.
      if (said[0] === true || said[0] instanceof Error) return;
      for (const one of said) {
        const { processID, threadId } = Object(one) as Known;
        const number = processID ?? threadId;
        if (typeof number === "number") returned(number);
      }
    });
  }
}

const isEmitter = (value: unknown): value is EventEmitter =>
  typeof (Object(value) as Known)["on"] === "function";

function poolsOf(client: unknown): Set<object> {
  const pools = new Set<object>();
  const parts = [client, ...Object.values(Object(client) as object)] as unknown[];
  for (const part of parts) {
    // It is asked after every schedule: most parts are numbers, texts and functions.
    if (typeof part !== "object" || part === null) continue;
    for (const place of places) {
      const pool = at(part, place);
      if (typeof pool === "object" && pool !== null) pools.add(pool);
    }
  }
  return pools;
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce((found, name) => (found as Known | null | undefined)?.[name], value);

function lentBy(pool: Known): number {
  // pg
  if (typeof pool["totalCount"] === "number" && typeof pool["idleCount"] === "number")
    return pool["totalCount"] - pool["idleCount"];
  // mysql2
  const [all, free] = [lengthOf(pool["_allConnections"]), lengthOf(pool["_freeConnections"])];
  if (all !== undefined && free !== undefined) return all - free;
  // Knex (tarn), Sequelize
  if (typeof pool["numUsed"] === "function") return (pool["numUsed"] as () => number)();
  if (typeof pool["using"] === "number") return pool["using"];
  return 0;
}

const lengthOf = (list: unknown): number | undefined => {
  const { length } = Object(list) as { length?: unknown };
  return typeof length === "number" ? length : undefined;
};
