import { linearizable } from "../checkers/linearizable.ts";
import { type MakeModel, models } from "../checkers/models/index.ts";
import type { HistoryEvent } from "../histories/event.ts";
import { historyOf } from "../histories/history-of.ts";
import { plainData } from "../histories/plain-data.ts";
import { eventsByClient, final_process } from "../schedules/client-names.ts";
import { CheckFailed, type Outcome } from "../schedules/program.ts";

/** How `obeys` begins and ends. */
export interface ObeysOptions<Client> {
  /** The model's first state. Default: the model's own. */
  readonly initial?: unknown;
  /**
   * A last operation, after all others; it has to be right, too. So the model also judges what is in the database at
   * the end, which the answers of the others need not show.
   *
   * @example final: async (db, key) => ({ f: "read", output: await balanceOf(db, key) })
   */
  readonly final?: (client: Client, key: string) => Promise<FinalOperation>;
}

/** An operation as the model calls it, and what it answered. */
export interface FinalOperation {
  readonly f: string;
  /** Default null. */
  readonly input?: unknown;
  readonly output: unknown;
}

/**
 * A check for `explore`: the operations that a schedule recorded must be linearizable by a model. An operation begins
 * with its first step (a BEGIN before it does not count) and ends when it returns. Give `operation` to `explore`, too,
 * so that the operations have the names that the model knows.
 *
 * @param model a name (`register`, `counter`, `kv`, …), or a function that makes your own model
 * @throws Error if there is no model of this name
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
 *   check: obeys("register", { initial: 0 }),
 * });
 * console.log(report.complete); // true
 * await redis[Symbol.asyncDispose]();
 * await server[Symbol.asyncDispose]();
 */
export function obeys<Client>(
  model: string | MakeModel,
  { initial, final }: ObeysOptions<Client> = {},
): (client: Client, outcome: Outcome) => Promise<void> {
  const make = typeof model === "string" ? models[model] : model;
  if (make === undefined) {
    throw new Error(
      `There is no model "${String(model)}"; there are ${Object.keys(models).join(", ")}.`,
    );
  }
  const name = typeof model === "string" ? model : make(initial).name;
  const checker = linearizable(name, make, initial === undefined ? {} : { initial });
  return async (client, outcome) => {
    const { key } = outcome;
    const events = eventsByClient(outcome);
    const last = final ? lastEvents(events, key, await final(client, key)) : [];
    const { verdict, reason } = checker.check(historyOf([...events, ...last]));
    if (verdict === "invalid") throw new CheckFailed("not linearizable", reason);
    if (verdict === "unknown") throw new CheckFailed("no verdict", reason);
  };
}

function lastEvents(
  events: readonly HistoryEvent[],
  key: string,
  { f, input = null, output }: FinalOperation,
): HistoryEvent[] {
  const index = events.length;
  const common = { process: final_process, time_ns: events.at(-1)?.time_ns ?? 0 };
  return [
    { ...common, index, type: "invoke", f, key, input: plainData(input) },
    { ...common, index: index + 1, type: "ok", output: plainData(output) },
  ];
}
