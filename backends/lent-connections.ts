/**
 * How many connections of its pools a program has taken and not given back, as far as the pools say. A pool that nobody
 * here knows says nothing.
 */
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

/** @param client what the program works with: a pool, an ORM, or an object with several of them */
export function lentConnections(client: unknown): number {
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
  return [...pools].reduce((sum, pool) => sum + lentBy(pool as Known), 0);
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
