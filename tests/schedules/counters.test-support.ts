import { inject } from "vitest";
import { type Backend, type Isolation, open_gate } from "../../backends/backend.ts";
import { programOf } from "../../matrix/program.ts";
import { promisedAt } from "../../matrix/promise.ts";
import type { Strategy } from "../../matrix/strategy.ts";
import type { ExplorationOptions } from "../../schedules/exploration.ts";
import { counter } from "../../suites/counter/index.ts";
import { connect } from "../connect.ts";

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

/** Every counter of a backend, at every level for which it promises something. */
export async function openCounters(kind: (typeof kinds)[number]): Promise<Counters> {
  const backend = await connect({ ...inject("servers")[kind], kind });
  const { strategies, setUp } = await counter.strategies[kind]!();
  await using session = await backend.open(open_gate);
  await setUp?.(session.client);
  // PostgreSQL's READ UNCOMMITTED is its READ COMMITTED, says its manual (13.2, Transaction Isolation).
  const own = backend.isolations.filter((i) => kind !== "postgres" || i !== "READ UNCOMMITTED");
  const levels = own.length > 0 ? own : [null];
  const all = strategies.flatMap((strategy) =>
    levels.flatMap((isolation): Counter[] => {
      if (promisedAt(strategy.declared, isolation) === undefined) return [];
      const { name, resend = false } = strategy;
      const program = programOf(counter.workload, strategy);
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
