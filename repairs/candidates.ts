/**
 * Which repairs are worth a try, read from the interleaving that failed: its statements say where an operation has a
 * transaction, what it reads and what others write.
 */
import type { Isolation } from "../backends/backend.ts";
import { SeenRows } from "../backends/sql-comparing.ts";
import {
  isolation_levels,
  type LockedTables,
  levelNamedIn,
  tableToLock,
} from "../backends/sql-mending.ts";
import type { Dialect } from "../backends/sql-tokens.ts";
import type { Trace, TraceStep } from "../schedules/trace.ts";
import type { Language, Repair } from "./repair.ts";
import { uniqueIndexes } from "./unique-index.ts";

export interface Scene {
  readonly dialect: Language;
  /** The levels of the server. */
  readonly isolations: readonly Isolation[];
  /** The level that the exploration asked for. */
  readonly isolation: Isolation | undefined;
  /** Why no operation can be put into one transaction; then nothing is tried that needs one. */
  readonly cannot_wrap?: string | undefined;
}

/** The servers' own levels, unless somebody has set another one. */
const usual_level: Readonly<Record<Dialect, Isolation>> = {
  postgres: "READ COMMITTED",
  mysql: "REPEATABLE READ",
};

/**
 * The repairs in the order in which they are tried. The levels come last, because their errors have to be retried, and
 * the weakest first: where it is enough, the stronger ones need not be tried.
 */
export function candidates(traces: readonly Trace[], scene: Scene): Repair[] {
  const steps = traces.flatMap((trace) => trace.steps);
  const { dialect, cannot_wrap } = scene;
  if (steps.length === 0) return [];
  if (dialect === "redis") return [{ wraps: false, compares: "watch" }];
  if (dialect === "dynamodb") return [{ wraps: false, compares: "condition" }];
  const wraps = traces.some(needsTransaction);
  const locked = lockedTables(steps, dialect);
  const is_hopeless = wraps && cannot_wrap !== undefined;
  const others: Repair[] = [
    ...(traces.some(writesWhatItRead) ? comparing(wraps && !is_hopeless) : []),
    ...uniqueIndexes(traces, dialect).map((unique): Repair => ({ wraps: false, unique })),
  ];
  if (is_hopeless) return [{ wraps }, ...others];
  return [
    ...(wraps ? [{ wraps }] : []),
    ...locked.map((locks): Repair => ({ wraps, locks })),
    ...others,
    ...strongerLevels(steps, { ...scene, dialect }).map((level): Repair => ({ wraps, level })),
  ];
}

/** Whether an operation sends several statements, and none of them in a transaction. */
export function needsTransaction({ steps, operations }: Trace): boolean {
  return operations.some((_, i) => {
    const own = steps.filter(({ client }) => client === i + 1);
    const numbers = new Set(own.map(({ operation }) => operation));
    return [...numbers].some((number) => {
      const of_one = own.filter(({ operation }) => operation === number);
      const said = of_one.filter(({ kind }) => kind !== "commit" && kind !== "other");
      return said.length > 1 && !of_one.some(({ kind }) => kind === "begin");
    });
  });
}

/** Without a transaction, the first write may be done when a later one is refused. */
const comparing = (wraps: boolean): Repair[] =>
  (wraps ? [false, true] : [false]).map((wraps) => ({ wraps, compares: "where" }));

/** Whether an operation writes a row of which it has read something: that can be compared. */
function writesWhatItRead({ steps, results }: Trace): boolean {
  return results.some(({ client, operation }) => {
    const seen = new SeenRows();
    return steps
      .filter((step) => step.client === client && step.operation === operation)
      .flatMap(({ facts = [] }) => facts)
      .some((fact) => {
        seen.read(fact);
        return seen.takeFor(fact) !== undefined;
      });
  });
}

/** First the SELECTs from tables that are written, too; then all that can lock. */
function lockedTables(steps: readonly TraceStep[], dialect: Dialect): LockedTables[] {
  const read = new Set(
    steps.flatMap(({ kind, statement }) =>
      kind === "read" ? (tableToLock(statement, dialect) ?? []) : [],
    ),
  );
  const written = new Set(
    steps.flatMap(({ facts = [] }) =>
      facts.flatMap(({ does, table }) => (does === "find" ? [] : (table?.toLowerCase() ?? []))),
    ),
  );
  const both = [...read].filter((table) => written.has(table));
  const all: LockedTables[] = read.size > both.length ? ["all"] : [];
  return both.length > 0 ? [both, ...all] : all;
}

function strongerLevels(
  steps: readonly TraceStep[],
  { dialect, isolations, isolation = usual_level[dialect] }: Scene & { readonly dialect: Dialect },
): Isolation[] {
  const named = steps.flatMap(({ statement }) => levelNamedIn(statement) ?? []);
  const place = (level: Isolation): number => isolation_levels.indexOf(level);
  const now = named.length > 0 ? Math.max(...named.map(place)) : place(isolation);
  return isolations.filter((level) => place(level) > now);
}
