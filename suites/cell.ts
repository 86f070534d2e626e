import { join } from "node:path";
import type { Backend, Isolation } from "../backends/backend.ts";
import { conclude } from "./conclude.ts";
import { type ExploreSize, exploreCell } from "./explore-cell.ts";
import { judgeLoad } from "./judge-load.ts";
import { type LoadSize, runLoad } from "./load.ts";
import type { CellResult, LoadResult } from "./result.ts";
import { promisedAt, type Strategy } from "./strategy.ts";

export interface CellOptions extends LoadSize, ExploreSize {
  /** Folder for the history. */
  readonly out: string;
  /** Increments of the load that are over, of how many. */
  readonly progress?: (done: number, total: number) => void;
}

/** One cell of the matrix, ready to run. */
export interface Cell {
  readonly backend: string;
  readonly server: string;
  readonly strategy: string;
  readonly isolation: Isolation | null;
  run(options: CellOptions): Promise<CellResult>;
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
  const explored = await exploreCell({ backend, strategy, isolation }, options);
  const load = await loadCell(backend, strategy, isolation, options);
  const declared = promisedAt(strategy.declared, isolation)!;
  return {
    backend: backend.name,
    server: backend.server,
    strategy: strategy.name,
    isolation,
    declared,
    explored,
    load,
    ...conclude(declared, explored, load),
  };
}

async function loadCell<Client>(
  backend: Backend<Client>,
  strategy: Strategy<Client>,
  isolation: Isolation | null,
  options: CellOptions,
): Promise<LoadResult> {
  const { clients, increments, seed, signal } = options;
  const name = [backend.name, strategy.name, isolation?.replace(" ", "-").toLowerCase()];
  const path = join(options.out, `${name.filter(Boolean).join(".")}.jsonl`);
  const total = clients * increments;
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
    ...(signal ? { signal } : {}),
  });
  return judgeLoad(path, total, promisedAt(strategy.declared, isolation)!, timing);
}
