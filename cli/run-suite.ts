import { setTimeout as sleep } from "node:timers/promises";
import type { Isolation } from "../backends/backend.ts";
import type { StatusLine } from "../reports/status-line.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import type { Cell, CellOptions } from "../suites/cell.ts";
import type { CounterSuite } from "../suites/counter/suites.ts";
import type { CellResult } from "../suites/result.ts";
import type { Selection } from "./select.ts";

export interface SuiteRun extends Omit<CellOptions, "progress" | "signal"> {
  readonly selection: Selection;
  readonly status: StatusLine;
  readonly signal: AbortSignal;
}

/** Runs the selected cells of one suite, one after the other; ends early, with what there is, on the signal. */
export async function* runSuite(
  suite: CounterSuite,
  ready: ReadonlyMap<ServerKind, Promise<Server>>,
  run: SuiteRun,
): AsyncGenerator<CellResult> {
  const servers: Partial<Record<ServerKind, Server>> = {};
  for (const kind of suite.servers) servers[kind] = await ready.get(kind)!;
  await using open = await suite.open(servers);
  const cells = open.cells.filter((cell) => isSelected(cell, run.selection));
  for (const [i, cell] of cells.entries()) {
    if (run.signal.aborted) return;
    const name = `${cell.backend} ${i + 1}/${cells.length}  ${nameOf(cell)}`;
    let began: number | undefined;
    run.status.show(name);
    yield await cell.run({
      ...run,
      progress: (done, total) => {
        began ??= performance.now();
        const left_s = ((performance.now() - began) / 1000 / done) * (total - done);
        run.status.show(name, done, total, undefined, left_s);
      },
    });
    await sleep(0); // lets signals in between two short cells
  }
}

function isSelected(cell: Cell, { strategies, isolations }: Selection): boolean {
  return (
    strategies.has(cell.strategy) && (cell.isolation === null || isolations.has(cell.isolation))
  );
}

const nameOf = (cell: { strategy: string; isolation: Isolation | null }): string =>
  [cell.strategy, cell.isolation].filter(Boolean).join(" at ");
