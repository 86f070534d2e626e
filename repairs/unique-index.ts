/** A unique index as a repair: where two operations look for a row, do not find it, and then both insert it. */
import type { Fact } from "../backends/step-facts.ts";
import { type ExplorationOptions, sizeOf } from "../schedules/options.ts";
import { newLane } from "../schedules/run/new-lane.ts";
import { pickFrom } from "../schedules/search/search.ts";
import { inTurn } from "../schedules/search/turns.ts";
import type { Trace } from "../schedules/trace.ts";
import type { Language, UniqueIndex } from "./repair.ts";
import type { Say } from "./workshop.ts";

const name = "raceproof_unique";

/**
 * The indexes against which two inserts of different operations would have failed.
 * @param dialect MySQL has no index among some rows only
 */
export function uniqueIndexes(traces: readonly Trace[], dialect: Language): UniqueIndex[] {
  const found = new Map<string, UniqueIndex>();
  for (const trace of traces) {
    const inserts = insertsIn(trace);
    for (const [i, one] of inserts.entries()) {
      for (const other of inserts.slice(i + 1)) {
        const { table } = one;
        const columns = sameColumns(one, other);
        if (one.by === other.by || table !== other.table || columns.length === 0) continue;
        const nulls = dialect === "postgres" ? nullsAsked(one, other) : [];
        const index = { table, columns, ...(nulls.length > 0 ? { nulls } : {}) };
        found.set(JSON.stringify(index), index);
      }
    }
  }
  return [...found.values()];
}

/** A row that an operation has inserted, and what it had asked about that table before. */
interface Insert {
  readonly by: string;
  readonly table: string;
  readonly assigned: NonNullable<Fact["assigned"]>;
  readonly asked: readonly Fact[];
}

function insertsIn({ steps }: Trace): Insert[] {
  return steps.flatMap(({ client, operation, facts = [] }, at) =>
    facts.flatMap(({ does, table, assigned }): Insert[] => {
      if (does !== "insert" || table === undefined || assigned === undefined) return [];
      const asked = steps
        .slice(0, at)
        .filter((step) => step.client === client && step.operation === operation)
        .flatMap((step) => step.facts ?? [])
        .filter(
          (fact) => fact.does === "find" && fact.table?.toLowerCase() === table.toLowerCase(),
        );
      return asked.length > 0 ? [{ by: `${client} ${operation}`, table, assigned, asked }] : [];
    }),
  );
}

/**
 * The columns in which both rows are the same, and about which their operations had asked. If they had also asked about
 * one in which the rows are not the same (a time that overlaps), the fault is not that there are two equal rows.
 */
function sameColumns(one: Insert, other: Insert): string[] {
  const isSame = (column: string): boolean => {
    const value = one.assigned[column];
    return value !== undefined && value !== null && other.assigned[column] === value;
  };
  const columns = Object.keys(one.assigned);
  if (one.asked.every(({ where, names = [] }) => Object.keys(where).length + names.length === 0))
    return columns.filter(isSame);
  const named = new Set(one.asked.flatMap(askedColumns));
  const asked = columns.filter((column) => named.has(column.toLowerCase()));
  const differs = one.asked.some(({ isAll }) => !isAll) && !asked.every(isSame);
  return differs ? [] : asked.filter(isSame);
}

/** The columns that were looked for as NULL, and that no insert sets: rows of which something else is said may be there. */
function nullsAsked(one: Insert, other: Insert): string[] {
  const asked = one.asked.flatMap(({ where }) =>
    Object.keys(where).filter((column) => where[column] === null),
  );
  return [...new Set(asked)].filter(
    (column) => !Object.hasOwn(one.assigned, column) && !Object.hasOwn(other.assigned, column),
  );
}

/** Where a condition is known as a whole, what is only added up is not what rows are looked for by. */
function askedColumns({ where, isAll, names = [] }: Fact): readonly string[] {
  const keys = Object.keys(where);
  return isAll && keys.length > 0 && !names.includes("max") ? keys : [...keys, ...names];
}

/**
 * Does the work while the index is there.
 * @param plain the exploration without it: its set-up leaves rows among which no two are the same
 * @returns why it cannot be made, if it cannot
 */
export async function withUniqueIndex<Client>(
  { table, columns, nulls = [] }: UniqueIndex,
  plain: ExplorationOptions<Client>,
  { say, dialect }: { readonly say: Say; readonly dialect: Language },
  work: () => Promise<void>,
): Promise<string | undefined> {
  await setUpAlone(plain);
  const among = nulls.length > 0 ? ` WHERE ${nullsInWords(nulls)}` : "";
  try {
    await say(`CREATE UNIQUE INDEX ${name} ON ${table} (${columns.join(", ")})${among}`);
  } catch (error) {
    return `the index cannot be made (${(error as Error).message})`;
  }
  try {
    await work();
  } finally {
    await say(`DROP INDEX ${name}${dialect === "mysql" ? ` ON ${table}` : ""}`);
  }
  return undefined;
}

const nullsInWords = (nulls: readonly string[]): string =>
  nulls.map((column) => `${column} IS NULL`).join(" AND ");

function setUpAlone<Client>(plain: ExplorationOptions<Client>): Promise<void> {
  return inTurn(plain.backend, async () => {
    await using lane = newLane(plain);
    await lane.play({ operations: sizeOf(plain), in_turn: [], pick: pickFrom([]), faults: [] });
  });
}
