/** A small run whose results can be drawn, with histories: one cell loses updates, one does not. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Fact } from "../../backends/step-facts.ts";
import type { CellResult, ExploreResult, LoadResult } from "../../matrix/result.ts";
import type { FoundFailure } from "../../schedules/findings.ts";
import type { Trace, TraceStep } from "../../schedules/trace.ts";
import type { Results } from "../summary.ts";

/** @param balance as a value that was read; may be anything */
export function readBalance(client: number, balance: string): TraceStep {
  const found = [{ columns: { balance }, computed: {} }];
  const fact: Fact = {
    does: "find",
    table: "account",
    where: { id: "alice" },
    isAll: true,
    rows: 1,
    found,
  };
  const statement = "SELECT balance FROM account WHERE id = 'alice'";
  const reply = `balance = ${balance}`;
  return { client, operation: 1, kind: "read", keys: undefined, statement, reply, facts: [fact] };
}

export function writeBalance(client: number, balance: string): TraceStep {
  const assigned = { balance };
  const fact: Fact = {
    does: "change",
    table: "account",
    where: { id: "alice" },
    isAll: true,
    rows: 1,
    assigned,
  };
  const statement = `UPDATE account SET balance = ${balance} WHERE id = 'alice'`;
  const reply = "1 row changed";
  return { client, operation: 1, kind: "write", keys: undefined, statement, reply, facts: [fact] };
}

export const edge = (client: number, kind: "begin" | "commit" | "rollback"): TraceStep => ({
  client,
  operation: 1,
  kind,
  keys: undefined,
  statement: kind.toUpperCase(),
  reply: "OK",
  facts: [],
});

/** Both read 100; the second waits for the first, and writes over it. */
export const lost_in_transactions: readonly TraceStep[] = [
  edge(1, "begin"),
  readBalance(1, "100"),
  writeBalance(1, "70"),
  edge(2, "begin"),
  readBalance(2, "100"),
  { ...writeBalance(2, "60"), waited: true, releasedBy: 6 },
  edge(1, "commit"),
  edge(2, "commit"),
];

export const traceOf = (steps: readonly TraceStep[]): Trace => ({
  operations: [1, 1],
  choices: [0, 1],
  faults: [],
  steps,
  results: [
    { client: 1, operation: 1, status: "ok", output: 70 },
    { client: 2, operation: 1, status: "ok", output: 60 },
  ],
  ending: { kind: "ended" },
});

export function failureOf(trace: Trace, message = "the balance is 60, not 30"): FoundFailure {
  const expected = { whole: "1", steps: "1" };
  const found = { found: trace, foundAfter: 2, shrunkIn: 3, smallest: trace };
  return { kind: "lost update", message, ...found, expected, again: { runs: 1, failed: 1 } };
}

/** @param steps of its smallest failing interleaving; none = nothing fails */
export function cellOf(
  way: string,
  steps: readonly TraceStep[] | undefined,
  message?: string,
): CellResult {
  const counts = { clients: 2, schedules: 6, pruned: 0, complete: true, failed: {} };
  const token = "rp2~counter.read-write~postgres~1.1~01~~x";
  const two: ExploreResult = steps
    ? {
        ...counts,
        outcomes: { correct: 2, "lost update": 4 },
        failure: { ...failureOf(traceOf(steps), message), token },
      }
    : { ...counts, outcomes: { correct: 6 } };
  return {
    ...{ workload: "counter", backend: "postgres", server: "PostgreSQL 18.4", strategy: way },
    isolation: "READ COMMITTED",
    declared: steps ? { shows: ["lost update"] } : {},
    explored: { two },
    load: loadOf(way, steps !== undefined),
    conclusion: "as declared",
    remarks: [],
  };
}

const loadOf = (way: string, is_lost: boolean): LoadResult => ({
  history: `/elsewhere/${way}.jsonl`,
  ...{ expected: 20, acknowledged: 20, final: 20, figures: {}, failed: {}, unknown: {} },
  ...{ overlapping: 20, elapsed_s: 0.04, operations_per_s: 500, p50_ms: 1, p99_ms: 2 },
  verdict: {
    checker: "lost-update",
    verdict: is_lost ? "invalid" : "valid",
    reason: is_lost ? "10 acknowledged updates were lost." : "All are there.",
  },
  judged_by: ["lost-update", "counter"],
});

export const resultsOf = (cells: readonly CellResult[]): Results => ({
  ...{ seed: 7, clients: 2, operations: 10, elapsed_s: 61, interrupted: false },
  cells,
  not_run: [],
});

/** A folder with the histories of these cells: two clients, which get the same answers where updates are lost. */
export async function folderOf(cells: readonly CellResult[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "raceproof-page-"));
  for (const { strategy, load } of cells) {
    const lines: object[] = [header];
    for (let n = 0; n < 10; n++) {
      for (const process of [0, 1]) lines.push(event({ process, type: "invoke" }, n));
      for (const process of [0, 1]) {
        const output = load?.verdict.verdict === "invalid" ? n + 1 : 2 * n + process + 1;
        lines.push(event({ process, type: "ok", output }, n));
      }
    }
    const numbered = lines.map((line, i) =>
      JSON.stringify(i === 0 ? line : { index: i - 1, ...line }),
    );
    await writeFile(join(folder, `${strategy}.jsonl`), `${numbered.join("\n")}\n`);
  }
  return folder;
}

const header = {
  ...{ raceproof: 1, backend: "postgres", server: "PostgreSQL 18.4", strategy: "counter.x" },
  ...{ isolation: null, seed: 7, clients: 2, initial: 0, started: "2026-01-01T00:00:00.000Z" },
};

interface Said {
  readonly process: number;
  readonly type: "invoke" | "ok";
  readonly output?: number;
}

/** Ten operations of 2 ms each; 4 ms pass from the beginning of one to the next. */
function event({ process, type, output }: Said, n: number): object {
  const time_ns = 4_000_000 * n + 100_000 * process + (type === "ok" ? 2_000_000 : 0);
  return type === "invoke"
    ? { time_ns, process, type, f: "add", key: "a", input: 1 }
    : { time_ns, process, type, output };
}
