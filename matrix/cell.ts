import { join } from "node:path";
import type { Backend, Isolation } from "../backends/backend.ts";
import type { Exploration } from "../schedules/exploration.ts";
import type { Replayed } from "../schedules/search/replay.ts";
import type { Replay } from "../schedules/token.ts";
import { conclude } from "./conclude.ts";
import { Denials } from "./denials.ts";
import {
  type CellExploration,
  type CellUnderTest,
  type ExploreSize,
  exploreCell,
  exploreOnce,
  explorePart,
  type PartSize,
  replayCell,
  type SearchPart,
} from "./explore-cell.ts";
import { concludeDisturbed } from "./faults/conclude.ts";
import { type Disturbance, promisedWhen, serverWhen } from "./faults/disturbance.ts";
import { planFaults } from "./faults/plan.ts";
import { judgeLoad } from "./load/judge-load.ts";
import { runLoad } from "./load/load.ts";
import type { LoadSize } from "./load/load-run.ts";
import { promisedAt } from "./promise.ts";
import type { CellResult, Explorations, ExploreResult, LoadResult } from "./result.ts";
import type { Strategy } from "./strategy.ts";
import { fullName, type Workload } from "./workload.ts";

export interface CellOptions extends LoadSize, ExploreSize {
  /** Folder for the history. */
  readonly out: string;
  /** What is done to the servers under load; then nothing is explored. */
  readonly disturbance?: Disturbance;
  /** The result of earlier explorations. When not given, `run` explores first. */
  readonly explored?: Explorations;
  /** Told how many operations of the load are over, and of how many; with a disturbance, how many faults. */
  readonly progress?: (done: number, total: number) => void;
  /** Judges the history of the load. Default: here and now, which stops all else while it lasts. */
  readonly judge?: typeof judgeLoad;
}

/** One cell of the matrix, ready to run. */
export interface Cell {
  readonly workload: string;
  readonly backend: string;
  readonly server: string;
  readonly strategy: string;
  readonly isolation: Isolation | null;
  /**
   * Explores, loads, and compares with the promise. When aborted before the load, the result holds only what was
   * explored.
   */
  run(options: CellOptions): Promise<CellResult>;
  /** All explorations that the matrix shows. */
  exploreAll(size: ExploreSize): Promise<Explorations>;
  /** A part of one of them. */
  explorePart(part: SearchPart, size: PartSize): Promise<ExploreResult>;
  /** One exploration. */
  explore(options: Partial<CellExploration>): Promise<Exploration>;
  replay(token: Replay): Promise<Replayed>;
}

/** The cells of these strategies on a backend: one for each isolation level, if the backend has levels. */
export function cellsOf<Client>(
  backend: Backend<Client>,
  workload: Workload,
  strategies: readonly Strategy<Client>[],
): Cell[] {
  const levels = backend.isolations.length > 0 ? backend.isolations : [null];
  return strategies.flatMap((strategy) =>
    levels
      .filter((isolation) => promisedAt(strategy.declared, isolation) !== undefined)
      .map((isolation) => {
        const denials = new Denials(backend.server);
        const watched = denials.of(strategy);
        const cell: CellUnderTest<Client> = { backend, workload, strategy: watched, isolation };
        return {
          ...namesOf(cell),
          run: (options) => runCell(cell, denials, options),
          exploreAll: (size) => exploreCell(cell, size),
          explorePart: (part, size) => explorePart(cell, part, size),
          explore: (options) => exploreOnce(cell, options),
          replay: (token) => replayCell(cell, token),
        };
      }),
  );
}

function namesOf<Client>({ backend, workload, strategy, isolation }: CellUnderTest<Client>) {
  const { name, server } = backend;
  return { workload: workload.name, backend: name, server, strategy: strategy.name, isolation };
}

/** Explores first, because that is exact and also shows whether the strategy works at all. Then runs the load. */
async function runCell<Client>(
  cell: CellUnderTest<Client>,
  denials: Denials,
  options: CellOptions,
): Promise<CellResult> {
  const { disturbance, signal } = options;
  const explored = disturbance
    ? undefined
    : (options.explored ?? (await exploreCell(cell, options)));
  const promised = promisedAt(cell.strategy.declared, cell.isolation)!;
  const declared = promisedWhen(promised, cell.workload, disturbance);
  const load = signal?.aborted || denials.verdict ? undefined : await loadCell(cell, options);
  const interrupted = signal?.aborted === true;
  const names = {
    ...namesOf(cell),
    server: serverWhen(cell.backend.server, disturbance),
    declared,
    ...(disturbance ? { settings: disturbance.settings } : {}),
  };
  if (denials.verdict) return { ...names, ...denials.verdict };
  return {
    ...names,
    ...(cell.workload.refuses === undefined ? {} : { refuses: cell.workload.refuses }),
    ...(explored ? { explored } : {}),
    ...(load ? { load } : {}),
    ...(interrupted ? { interrupted } : {}),
    ...(explored || !load
      ? conclude(declared, explored, load, interrupted)
      : concludeDisturbed(declared, load, cell.backend.name, interrupted)),
  };
}

async function loadCell<Client>(
  cell: CellUnderTest<Client>,
  options: CellOptions,
): Promise<LoadResult> {
  const { backend, workload, strategy, isolation } = cell;
  const { clients, operations, seed, signal, disturbance } = options;
  const program = fullName(workload, strategy);
  const level = isolation?.replace(" ", "-").toLowerCase();
  const name = [backend.name, program, level, disturbance?.settings];
  const path = join(options.out, `${name.filter(Boolean).join(".")}.jsonl`);
  const faults = disturbance && planFaults(disturbance, seed);
  const total = faults?.length ?? clients * operations;
  // A server that is killed forgets what it has counted, and a load under faults is not judged by its errors.
  const count = faults ? undefined : () => backend.interventions?.().catch(() => undefined);
  const before = await count?.();
  const timing = await runLoad({
    ...cell,
    keys: [`${backend.prefix}${program}-load`],
    read_share: 0.1,
    path,
    clients,
    operations,
    seed,
    progress: (done) => options.progress?.(done, total),
    ...(faults ? { faults } : {}),
    ...(signal ? { signal } : {}),
  });
  const after = await count?.();
  const more = after && before ? after.count - before.count : 0;
  const { judge = judgeLoad } = options;
  const judged = await judge(path, clients * operations, workload, timing);
  return after && more > 0 ? { ...judged, interventions: { ...after, count: more } } : judged;
}
