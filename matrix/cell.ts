import { join } from "node:path";
import type { Backend, Isolation } from "../backends/backend.ts";
import type { Exploration } from "../schedules/exploration.ts";
import type { Replayed } from "../schedules/search/replay.ts";
import type { Replay } from "../schedules/token.ts";
import { conclude } from "./conclude.ts";
import {
  type CellExploration,
  type ExploreSize,
  exploreCell,
  exploreOnce,
  replayCell,
} from "./explore-cell.ts";
import { concludeDisturbed } from "./faults/conclude.ts";
import { type Disturbance, promisedWhen, serverWhen } from "./faults/disturbance.ts";
import { planFaults } from "./faults/plan.ts";
import { judgeLoad } from "./load/judge-load.ts";
import { type LoadSize, runLoad } from "./load/load.ts";
import type { CellResult, Explored, LoadResult } from "./result.ts";
import { type Promised, promisedAt, type Strategy } from "./strategy.ts";

export interface CellOptions extends LoadSize, ExploreSize {
  /** Folder for the history. */
  readonly out: string;
  /** What is done to the servers under load; then nothing is explored. */
  readonly disturbance?: Disturbance;
  /** What was explored before; else `run` does it. */
  readonly explored?: Explored;
  /** Increments of the load that are over, of how many; with a disturbance, faults. */
  readonly progress?: (done: number, total: number) => void;
}

/** One cell of the matrix, ready to run. */
export interface Cell {
  readonly backend: string;
  readonly server: string;
  readonly strategy: string;
  readonly isolation: Isolation | null;
  /** Explores, loads, and compares with the promise. Aborted before its load, it tells what was explored. */
  run(options: CellOptions): Promise<CellResult>;
  /** Everything about schedules that belongs into the matrix. */
  exploreAll(size: ExploreSize): Promise<Explored>;
  /** One exploration. */
  explore(options: Partial<CellExploration>): Promise<Exploration>;
  replay(token: Replay): Promise<Replayed>;
}

/** The cells of these strategies on a backend: one a level, where the backend has levels. */
export function cellsOf<Client>(
  backend: Backend<Client>,
  strategies: readonly Strategy<Client>[],
): Cell[] {
  const levels = backend.isolations.length > 0 ? backend.isolations : [null];
  return strategies.flatMap((strategy) =>
    levels
      .filter((isolation) => promisedAt(strategy.declared, isolation) !== undefined)
      .map((isolation) => ({
        backend: backend.name,
        server: backend.server,
        strategy: strategy.name,
        isolation,
        run: (options) => runCell(backend, strategy, isolation, options),
        exploreAll: (size) => exploreCell({ backend, strategy, isolation }, size),
        explore: (options) => exploreOnce({ backend, strategy, isolation }, options),
        replay: (token) => replayCell({ backend, strategy, isolation }, token),
      })),
  );
}

/** Explores first: it is exact, and also shows whether the strategy works at all. Then the load. */
async function runCell<Client>(
  backend: Backend<Client>,
  strategy: Strategy<Client>,
  isolation: Isolation | null,
  options: CellOptions,
): Promise<CellResult> {
  const { disturbance, signal } = options;
  const explored = disturbance
    ? undefined
    : (options.explored ?? (await exploreCell({ backend, strategy, isolation }, options)));
  const declared = promisedWhen(promisedAt(strategy.declared, isolation)!, disturbance);
  const load = signal?.aborted
    ? undefined
    : await loadCell(backend, strategy, isolation, declared, options);
  return {
    backend: backend.name,
    server: serverWhen(backend.server, disturbance),
    strategy: strategy.name,
    isolation,
    declared,
    ...(explored ? { explored } : {}),
    ...(load ? { load } : {}),
    ...(explored || !load ? conclude(declared, explored, load) : concludeDisturbed(declared, load)),
  };
}

async function loadCell<Client>(
  backend: Backend<Client>,
  strategy: Strategy<Client>,
  isolation: Isolation | null,
  declared: Promised,
  options: CellOptions,
): Promise<LoadResult> {
  const { clients, increments, seed, signal, disturbance } = options;
  const level = isolation?.replace(" ", "-").toLowerCase();
  const name = [backend.name, strategy.name, level, disturbance?.settings];
  const path = join(options.out, `${name.filter(Boolean).join(".")}.jsonl`);
  const faults = disturbance && planFaults(disturbance, seed);
  const total = faults?.length ?? clients * increments;
  const timing = await runLoad({
    backend,
    strategy,
    isolation,
    keys: [`${backend.prefix}${strategy.name}-load`],
    read_share: 0.1,
    path,
    clients,
    increments,
    seed,
    progress: (done) => options.progress?.(done, total),
    ...(faults ? { faults } : {}),
    ...(signal ? { signal } : {}),
  });
  return judgeLoad(path, clients * increments, declared, timing);
}
