import { setTimeout as sleep } from "node:timers/promises";
import type { Isolation } from "../backends/backend.ts";
import type { StatusLine } from "../reports/status-line.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import type { Cell, CellOptions } from "../suites/cell.ts";
import type { CounterSuite } from "../suites/counter/suites.ts";
import { disturbanceOf } from "../suites/faults/disturbance.ts";
import type { CellResult } from "../suites/result.ts";
import type { Pass } from "./faults.ts";

export interface SuiteRun extends Omit<CellOptions, "progress" | "signal" | "disturbance">, Pass {
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
  const { disturb, settings } = run;
  const disturbance = disturb && disturbanceOf(Object.values(servers), { ...disturb, settings });
  await using open = await suite.open(servers);
  const cells = open.cells.filter((cell) => isSelected(cell, run));
  for (const [i, cell] of cells.entries()) {
    if (run.signal.aborted) return;
    const name = `${cell.backend} ${i + 1}/${cells.length}  ${nameOf(cell)}`;
    let began: number | undefined;
    run.status.show(name);
    yield await cell.run({
      ...run,
      ...(disturbance ? { disturbance } : {}),
      progress: (done, total) => {
        began ??= performance.now();
        const left_s = ((performance.now() - began) / 1000 / done) * (total - done);
        run.status.show(name, done, total, undefined, left_s);
      },
    });
    await sleep(0); // lets signals in between two short cells
  }
}

function isSelected(cell: Cell, { selection, fits }: Pass): boolean {
  const { strategies, isolations } = selection;
  const { strategy, isolation } = cell;
  return (
    strategies.has(strategy) && (isolation === null || isolations.has(isolation)) && fits(cell)
  );
}

const nameOf = (cell: { strategy: string; isolation: Isolation | null }): string =>
  [cell.strategy, cell.isolation].filter(Boolean).join(" at ");
