import { setTimeout as sleep } from "node:timers/promises";
import type { Isolation } from "../backends/backend.ts";
import type { Cell, CellOptions } from "../matrix/cell.ts";
import { type Disturbance, disturbanceOf } from "../matrix/faults/disturbance.ts";
import type { CellResult, Explored } from "../matrix/result.ts";
import type { StatusLine } from "../reports/status-line.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import type { CounterSuite, OpenSuite } from "../suites/counter/counter-suite.ts";
import type { Pass } from "./faults.ts";

export interface SuiteRun
  extends Omit<CellOptions, "progress" | "signal" | "disturbance" | "explored">,
    Pass {
  readonly status: StatusLine;
  readonly signal: AbortSignal;
}

/** A suite that takes part in a run. Schedules of several may be explored side by side; loads want the machine. */
export class RunningSuite implements AsyncDisposable {
  readonly #open: OpenSuite;
  readonly #run: SuiteRun;
  readonly #disturbance: Disturbance | undefined;
  readonly #explored = new Map<Cell, Explored>();
  readonly cells: readonly Cell[];

  private constructor(open: OpenSuite, run: SuiteRun, disturbance: Disturbance | undefined) {
    this.#open = open;
    this.#run = run;
    this.#disturbance = disturbance;
    this.cells = open.cells.filter((cell) => isSelected(cell, run));
  }

  /** Waits for the servers of a suite and connects to them. */
  static async open(
    suite: CounterSuite,
    ready: ReadonlyMap<ServerKind, Promise<Server>>,
    run: SuiteRun,
  ): Promise<RunningSuite> {
    const servers: Partial<Record<ServerKind, Server>> = {};
    for (const kind of suite.servers) servers[kind] = await ready.get(kind)!;
    const { disturb, settings } = run;
    const disturbance = disturb && disturbanceOf(Object.values(servers), { ...disturb, settings });
    return new RunningSuite(await suite.open(servers), run, disturbance);
  }

  /** Explores the schedules of all cells; faults of servers are no part of schedules. */
  async explore(cellDone: () => void): Promise<void> {
    if (this.#disturbance) return;
    for (const cell of this.cells) {
      if (this.#run.signal.aborted) return;
      this.#explored.set(cell, await cell.exploreAll(this.#run));
      cellDone();
    }
  }

  /** Loads the cells one after the other; after the signal only what was explored is still told. */
  async *load(): AsyncGenerator<CellResult> {
    const { status, signal } = this.#run;
    for (const [i, cell] of this.cells.entries()) {
      const explored = this.#explored.get(cell);
      if (signal.aborted && !explored) return;
      const name = `${cell.backend} ${i + 1}/${this.cells.length}  ${nameOf(cell)}`;
      status.show(name);
      let began: number | undefined;
      yield await cell.run({
        ...this.#run,
        ...(explored ? { explored } : {}),
        ...(this.#disturbance ? { disturbance: this.#disturbance } : {}),
        progress: (done, total) => {
          began ??= performance.now();
          status.show(name, done, total, undefined, began);
        },
      });
      await sleep(0); // lets signals in between two short cells
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open[Symbol.asyncDispose]();
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
