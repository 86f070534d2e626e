import { inject } from "vitest";
import { type Backend, type Isolation, open_gate } from "../../backends/backend.ts";
import { connect } from "../../backends/connect.ts";
import { counterProgram } from "../../matrix/counter-program.ts";
import { promisedAt, type Strategy } from "../../matrix/strategy.ts";
import type { ExplorationOptions } from "../../schedules/exploration.ts";

export const kinds = ["postgres", "mysql", "redis", "dynamodb"] as const;

/** A strategy at a level, as the matrix explores it. */
export interface Counter {
  readonly name: string;
  readonly isolation: Isolation | null;
  readonly strategy: Strategy<unknown>;
  readonly exploration: Omit<ExplorationOptions<unknown>, "clients" | "search">;
}

export interface Counters extends AsyncDisposable {
  readonly backend: Backend<unknown>;
  readonly all: readonly Counter[];
}

/** Every counter of a backend, at every level of its own that it promises something for. */
export async function openCounters(kind: (typeof kinds)[number]): Promise<Counters> {
  const backend = await connect({ ...inject("servers")[kind], kind });
  const { strategies, setUp } = (await import(`../../suites/counter/${kind}/index.ts`)) as {
    strategies: readonly Strategy<unknown>[];
    setUp?: (client: unknown) => Promise<void>;
  };
  await using session = await backend.open(open_gate);
  await setUp?.(session.client);
  // PostgreSQL's READ UNCOMMITTED is its READ COMMITTED, says its manual (13.2, Transaction Isolation).
  const own = backend.isolations.filter((i) => kind !== "postgres" || i !== "READ UNCOMMITTED");
  const levels = own.length > 0 ? own : [null];
  const all = strategies.flatMap((strategy) =>
    levels.flatMap((isolation): Counter[] => {
      const promised = promisedAt(strategy.declared, isolation);
      if (promised === undefined) return [];
      const { name, resend = false } = strategy;
      const program = counterProgram(strategy, promised.updates);
      const level = isolation ?? undefined;
      // The connections of more lanes cost more than so few schedules.
      const exploration = { backend, program, name, isolation: level, resend, lanes: 1 };
      return [{ name, isolation, strategy, exploration }];
    }),
  );
  return { backend, all, [Symbol.asyncDispose]: () => backend[Symbol.asyncDispose]() };
}

/** For messages. */
export const nameOf = ({ name, isolation }: Counter): string =>
  isolation === null ? name : `${name} at ${isolation}`;
