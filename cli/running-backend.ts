import { setTimeout as sleep } from "node:timers/promises";
import type { CellName } from "../campaign/cell-name.ts";
import type { BackendEntry } from "../matrix/backends.ts";
import type { Cell, CellOptions } from "../matrix/cell.ts";
import { type Disturbance, disturbanceOf } from "../matrix/faults/disturbance.ts";
import { type OpenBackend, openBackend } from "../matrix/open-backend.ts";
import type { CellResult, Explorations } from "../matrix/result.ts";
import type { StatusLine } from "../reports/status-line.ts";
import type { Settings } from "../servers/local/recipe.ts";
import type { Server, ServerKind } from "../servers/server.ts";
import type { Pass } from "./faults.ts";
import { judgeInThread } from "./judge-in-thread.ts";

/** A cell that gets this signal runs no load, and only reports what was explored. */
const over = AbortSignal.abort();

export interface BackendRun
  extends Omit<CellOptions, "progress" | "judge" | "signal" | "disturbance" | "explored">,
    Pass {
  readonly status: StatusLine;
  readonly finished: import("./finished-cells.ts").FinishedCells;
  readonly signal: AbortSignal;
  /** Only these cells; default: all that are selected. */
  readonly includes?: ((cell: CellName) => boolean) | undefined;
}

/**
 * A backend that takes part in a run. Schedules of several backends may be explored side by side; loads come one
 * after the other, as each needs the whole machine.
 */
export class RunningBackend implements AsyncDisposable {
  readonly #open: OpenBackend;
  readonly #run: BackendRun;
  readonly #disturbance: Disturbance | undefined;
  readonly #explored = new Map<Cell, Explorations>();
  /** The first error. After it, nothing more is run. */
  #trouble: { readonly error: unknown } | undefined;
  readonly cells: readonly Cell[];
  readonly entry: BackendEntry;

  private constructor(
    entry: BackendEntry,
    open: OpenBackend,
    run: BackendRun,
    disturbance: Disturbance | undefined,
  ) {
    this.entry = entry;
    this.#open = open;
    this.#run = run;
    this.#disturbance = disturbance;
    this.cells = open.cells.filter((cell) => isSelected(cell, run, entry));
  }

  /** Waits for the servers of a backend and connects to them. */
  static async open(
    entry: BackendEntry,
    ready: ReadonlyMap<ServerKind, Promise<Server>>,
    run: BackendRun,
  ): Promise<RunningBackend> {
    const servers: Partial<Record<ServerKind, Server>> = {};
    for (const kind of entry.servers) servers[kind] = await ready.get(kind)!;
    const { disturb, settings } = run;
    const disturbance = disturb && disturbanceOf(Object.values(servers), { ...disturb, settings });
    const open = await openBackend(entry, servers, run.selection.suites);
    return new RunningBackend(entry, open, run, disturbance);
  }

  /**
   * Explores the schedules of all cells; of none in a run with server faults, where only loads are run. It ends at
   * the first error: `load` still reports what was explored before.
   */
  async explore(cellDone: () => void): Promise<void> {
    if (this.#disturbance) return;
    for (const cell of this.cells) {
      if (this.#run.signal.aborted) return;
      if (this.#before(cell)) {
        cellDone();
        continue;
      }
      const explored = await this.#orTrouble(cell.exploreAll(this.#run));
      if (explored === undefined) return;
      this.#explored.set(cell, explored);
      cellDone();
    }
  }

  /**
   * Loads the cells one after the other. After the abort signal, and after the first error, cells that were
   * explored are still reported.
   * @throws that error, at the end
   */
  async *load(): AsyncGenerator<CellResult> {
    const { signal } = this.#run;
    for (const [i, cell] of this.cells.entries()) {
      const before = this.#before(cell);
      if (before !== undefined) {
        yield before;
        continue;
      }
      const explored = this.#explored.get(cell);
      const is_over = signal.aborted || this.#trouble !== undefined;
      const result = is_over ? undefined : await this.#orTrouble(this.#load(cell, i));
      if (result !== undefined) this.#run.finished.add(result, this.#disturbed);
      if (result !== undefined) yield result;
      else if (explored) yield await cell.run({ ...this.#run, explored, signal: over });
      await sleep(0); // lets signals in between two short cells
    }
    if (this.#trouble) throw this.#trouble.error;
  }

  /** The result of a cell from the run that this one resumes, if it was finished there. */
  #before(cell: Cell): CellResult | undefined {
    return this.#run.finished.find(cell, this.#disturbed);
  }

  get #disturbed(): Settings | null {
    return this.#disturbance ? this.#run.settings : null;
  }

  #load(cell: Cell, place: number): Promise<CellResult> {
    const { status } = this.#run;
    const explored = this.#explored.get(cell);
    const name = `${cell.backend} ${place + 1}/${this.cells.length}  ${nameOf(cell)}`;
    status.show(name);
    let began: number | undefined;
    return cell.run({
      ...this.#run,
      ...(explored ? { explored } : {}),
      ...(this.#disturbance ? { disturbance: this.#disturbance } : {}),
      progress: (done, total) => {
        began ??= performance.now();
        status.show(name, done, total, undefined, began);
      },
      judge: (...history) => judgeInThread(status, name, history),
    });
  }

  async #orTrouble<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.#trouble ??= { error };
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#open[Symbol.asyncDispose]();
  }
}

function isSelected(cell: Cell, run: BackendRun, { name, usual_level }: BackendEntry): boolean {
  const { includes, isolations } = run.selection;
  const { workload, strategy, isolation } = cell;
  const settings = run.disturb ? run.settings : null;
  if (!includes(workload, strategy)) return false;
  if (run.includes?.({ workload, backend: name, strategy, isolation, settings }) === false)
    return false;
  if (isolation === null) return true;
  return run.at_usual_level ? isolation === usual_level : isolations.has(isolation);
}

const nameOf = ({ workload, strategy, isolation }: Cell): string =>
  [workload, strategy, isolation && `at ${isolation}`].filter(Boolean).join(" ");
