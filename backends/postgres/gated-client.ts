import type pg from "pg";
import type { Turnstile } from "../turnstile.ts";
import { stepOf } from "./step.ts";

export type ClientClass = typeof pg.Client;

type Callback = (error: unknown, result?: unknown) => void;
/** Every form of a query that `pg` accepts: a text, a config object, or a Query that reports by events. */
type Query = string | QueryConfig;
interface QueryConfig {
  readonly text?: string;
  readonly name?: string;
  readonly values?: unknown[];
  readonly callback?: Callback;
  readonly submit?: unknown;
}
type PlainQuery = (query: Query, values?: unknown, callback?: Callback) => unknown;

/**
 * A `pg.Client` whose every statement passes the turnstile before it is sent; otherwise it behaves exactly like the
 * original, also in a `pg.Pool` (`new Pool({ Client })`).
 *
 * @throws from `query`, for cursors and streams: they take several round trips that no gate here can see.
 */
export function gatedClient(library: typeof pg, turnstile: Turnstile): ClientClass {
  class GatedClient extends library.Client {}

  GatedClient.prototype.query = function (
    this: pg.Client,
    query: Query,
    values?: unknown,
    callback?: Callback,
  ): unknown {
    const plain: PlainQuery = library.Client.prototype.query.bind(this);
    if (query === null || query === undefined) return plain(query);
    const config: QueryConfig = typeof query === "string" ? { text: query } : query;
    const given_values = Array.isArray(values) ? (values as unknown[]) : config.values;
    const { processID } = this as unknown as { processID: number };
    const step = stepOf(config.text ?? `EXECUTE ${config.name}`, given_values, processID);

    if (typeof config.submit === "function") {
      if (!(query instanceof library.Query)) throw new Error(no_cursors);
      listen(query, typeof values === "function" ? (values as Callback) : callback);
      void turnstile.pass(step, () => settled(query, plain)).catch(() => undefined);
      return query;
    }
    const listener =
      typeof values === "function" ? (values as Callback) : (callback ?? config.callback);
    if (listener === undefined) {
      return turnstile.pass(step, () => plain(query, values) as Promise<unknown>);
    }
    const silent = typeof query === "string" ? query : unheard(query);
    const rest = typeof values === "function" ? undefined : values;
    const passed = turnstile.pass(step, () => plain(silent, rest) as Promise<unknown>);
    // An error thrown by the listener is not caught, as with the plain client.
    passed.then(
      (result) => process.nextTick(listener, null, result),
      (error: unknown) => process.nextTick(listener, error),
    );
    return undefined;
  } as unknown as typeof GatedClient.prototype.query;

  return GatedClient;
}

const no_cursors =
  "Cursors and query streams cannot pass the gate: they take several round trips for one statement. " +
  "Read the rows with client.query(text) instead.";

/** The same config without its callback: the gate listens, and calls it afterwards. */
function unheard(config: QueryConfig): QueryConfig {
  return Object.assign(Object.create(config) as QueryConfig, { callback: undefined });
}

interface QueryInternals {
  callback?: Callback | undefined;
  handleReadyForQuery(...rest: unknown[]): unknown;
  handleError(error: unknown, ...rest: unknown[]): unknown;
}

function listen(query: unknown, callback: Callback | undefined): void {
  const internals = query as QueryInternals;
  internals.callback ??= callback;
}

/** Sends a Query object and waits until the driver is done with it; its events and callback work as usual. */
function settled(query: unknown, plain: PlainQuery): Promise<unknown> {
  const internals = query as QueryInternals & { _results?: unknown };
  return new Promise((resolve, reject) => {
    const ready = internals.handleReadyForQuery.bind(query);
    const failed = internals.handleError.bind(query);
    internals.handleReadyForQuery = (...rest) => {
      resolve(internals._results);
      return ready(...rest);
    };
    internals.handleError = (...rest) => {
      reject(rest[0]);
      return failed(...rest);
    };
    plain(query as Query);
  });
}
