import { linearizable } from "./checkers/linearizable.ts";
import { type MakeModel, models } from "./checkers/models/index.ts";
import { historyOf } from "./histories/history-of.ts";
import { CheckFailed, type Outcome } from "./schedules/program.ts";

/**
 * A check for `explore`: the operations that a schedule recorded must be linearizable by a model, whatever
 * the final state. Give `operation` too, so that they are called as the model calls them.
 *
 * @param model a name (`register`, `counter`, `kv`, …), or what makes a model of your own
 * @param initial what the model starts with, where not with its own default
 * @throws Error for a name that there is not
 * @example
 * import { connectRedis, explore, obeys, startServer } from "raceproof";
 *
 * const server = await startServer("redis");
 * const redis = await connectRedis(server);
 * const report = await explore({
 *   name: "setting",
 *   backend: redis,
 *   setup: (db, key) => db.set(key, 0),
 *   operation: (client) => (client === 1 ? { f: "write", input: 1 } : { f: "read", input: null }),
 *   run: (db, { client, key }) => (client === 1 ? db.set(key, 1) : db.get(key).then(Number)),
 *   check: obeys("register", 0),
 * });
 * console.log(report.complete); // true
 * await redis[Symbol.asyncDispose]();
 * await server[Symbol.asyncDispose]();
 */
export function obeys(
  model: string | MakeModel,
  initial?: unknown,
): (client: unknown, outcome: Outcome) => Promise<void> {
  const make = typeof model === "string" ? models[model] : model;
  if (make === undefined) {
    throw new Error(
      `There is no model "${String(model)}"; there are ${Object.keys(models).join(", ")}.`,
    );
  }
  const name = typeof model === "string" ? model : make(initial).name;
  const checker = linearizable(name, make, initial === undefined ? {} : { initial });
  return async (_client, { events }) => {
    const { verdict, reason } = checker.check(historyOf(events));
    if (verdict === "invalid") throw new CheckFailed("not linearizable", reason);
    if (verdict === "unknown") throw new CheckFailed("no verdict", reason);
  };
}
