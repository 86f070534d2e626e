import type { Backend, Isolation } from "../backends/backend.ts";
import {
  type Exploration,
  type ExplorationOptions,
  exploreSchedules,
  type FoundFailure,
  type PartExploration,
} from "../schedules/exploration.ts";
import type { FaultWish } from "../schedules/schedule.ts";
import type { Branch } from "../schedules/search/branch.ts";
import { type Replayed, replay } from "../schedules/search/replay.ts";
import { type Replay, tokenFor } from "../schedules/token.ts";
import type { Trace } from "../schedules/trace.ts";
import { programOf } from "./program.ts";
import { promisedAt } from "./promise.ts";
import type { Explorations, ExploreResult } from "./result.ts";
import type { Strategy } from "./strategy.ts";
import { fullName, type Workload } from "./workload.ts";

/** How much of a cell is explored, besides all interleavings of two clients. */
export interface ExploreSize {
  readonly seed: number;
  /** Schedules of three clients; 0 = none. */
  readonly schedules: number;
  /**
   * The most schedules with one lost reply; with an expired lock ten times as many. An anomaly that is
   * declared for an expired lock is searched for without a limit. 0 = no faults.
   */
  readonly fault_schedules: number;
  /** A search without faults ends after so many schedules: what is left of it is for others. Default: no such end. */
  readonly job_schedules?: number;
  readonly signal?: AbortSignal;
}

/** A strategy at a level, ready to be run. */
export interface CellUnderTest<Client> {
  readonly backend: Backend<Client>;
  readonly workload: Workload;
  readonly strategy: Strategy<Client>;
  readonly isolation: Isolation | null;
}

/** Explores all interleavings of two clients with one operation each, and as much more as `size` says. */
export async function exploreCell<Client>(
  cell: CellUnderTest<Client>,
  size: ExploreSize,
): Promise<Explorations> {
  const { schedules, seed, fault_schedules, job_schedules, signal } = size;
  const explore = async (options: Partial<CellExploration>): Promise<ExploreResult> =>
    resultOf(cell, await exploreOnce(cell, { ...(signal ? { signal } : {}), ...options }));
  const withFault = (fault: FaultWish, schedules: number): Promise<ExploreResult> =>
    explore({ faults: [fault], schedules, keep_going: false });
  const began = performance.now();
  const { when } = promisedAt(cell.strategy.declared, cell.isolation)!;
  const expired_schedules = when?.lock_lost ? Infinity : 10 * fault_schedules;
  const explored: Explorations = {
    two: await explore({
      example: true,
      ...(job_schedules === undefined ? {} : { schedules: job_schedules }),
    }),
    ...(schedules > 0 && {
      three: await explore({
        ...of_three,
        schedules: Math.min(schedules, job_schedules ?? schedules),
        seed,
      }),
    }),
    ...(fault_schedules > 0 && { reply_lost: await withFault("lose reply", fault_schedules) }),
    ...(fault_schedules > 0 &&
      cell.strategy.expire && { lock_lost: await withFault("expire", expired_schedules) }),
  };
  return {
    ...explored,
    ...(signal?.aborted ? { interrupted: true } : {}),
    elapsed_s: (performance.now() - began) / 1000,
  };
}

const of_three = { clients: 3, search: "random" } as const;

/** A part of a cell's search that is a job of its own. Searches with faults are not divided: they end soon. */
export type SearchPart =
  /** Two clients: what another part has left. */
  | { readonly search: "two"; readonly branches: readonly Branch[] }
  /** Three clients: a range of the seed's schedules. */
  | { readonly search: "three"; readonly skips: number; readonly schedules: number };

/** Explores a part of what `exploreCell` would explore. */
export async function explorePart<Client>(
  cell: CellUnderTest<Client>,
  part: SearchPart,
  { job_schedules, seed, ...more }: PartSize,
): Promise<ExploreResult> {
  const { search, ...range } = part;
  const how =
    search === "two" ? { ...range, schedules: job_schedules } : { ...range, ...of_three, seed };
  return resultOf(cell, await exploreOnce(cell, { ...how, ...more }));
}

export interface PartSize {
  readonly seed: number;
  readonly job_schedules: number;
  readonly signal?: AbortSignal;
  readonly progress?: (schedules: number) => void;
}

/** How an exploration of a cell may differ from two clients in all interleavings. */
export type CellExploration = Pick<
  ExplorationOptions<unknown>,
  | "clients"
  | "search"
  | "schedules"
  | "branches"
  | "seed"
  | "skips"
  | "faults"
  | "prune"
  | "keep_going"
  | "example"
  | "signal"
  | "progress"
>;

/** One exploration of a cell, which goes on after a failure to see all outcomes. */
export function exploreOnce<Client>(
  cell: CellUnderTest<Client>,
  options: Partial<CellExploration>,
): Promise<Exploration> {
  return exploreSchedules({
    ...explorationOf(cell),
    clients: 2,
    search: "exhaustive",
    keep_going: true,
    ...options,
  });
}

/** Runs a token's schedule again. */
export function replayCell<Client>(cell: CellUnderTest<Client>, token: Replay): Promise<Replayed> {
  return replay(token, explorationOf(cell));
}

/** What explorations and replays of a cell have in common. */
function explorationOf<Client>({
  backend,
  workload,
  strategy,
  isolation,
}: CellUnderTest<Client>): Omit<ExplorationOptions<Client>, "clients" | "search"> {
  return {
    backend,
    program: programOf(workload, strategy),
    name: fullName(workload, strategy),
    isolation: isolation ?? undefined,
    resend: strategy.resend ?? false,
    // Only one, because connections cost more than the few schedules of a cell, and PostgreSQL's SERIALIZABLE locks
    // pages and tables, so that lanes would make each other fail.
    lanes: 1,
  };
}

function resultOf<Client>(
  { backend, workload, strategy, isolation }: CellUnderTest<Client>,
  exploration: PartExploration,
): ExploreResult {
  const { operations, schedules, pruned, complete, left, seed, outcomes } = exploration;
  const { failed, failure, example, gaveUp } = exploration;
  const ending = gaveUp?.trace.ending;
  const program = fullName(workload, strategy);
  const where = { program, backend: backend.name, server: backend.server, isolation };
  return {
    clients: operations.length,
    schedules,
    pruned,
    complete,
    ...(ending && ending.kind !== "ended" ? { gave_up: ending.reason } : {}),
    ...(left ? { left } : {}),
    ...(seed === undefined ? {} : { seed }),
    outcomes,
    failed,
    ...(failure ? { failure: { ...asData(failure), token: tokenFor(where, failure) } } : {}),
    ...(example ? { example: withoutErrors(example) } : {}),
  };
}

/** Leaves out the errors that drivers threw: they hold whole connections, and their codes are kept anyway. */
function asData(failure: FoundFailure): FoundFailure {
  const { found, smallest, other } = failure;
  return {
    ...failure,
    error: undefined,
    found: withoutErrors(found),
    smallest: withoutErrors(smallest),
    ...(other ? { other: withoutErrors(other) } : {}),
  };
}

function withoutErrors(trace: Trace): Trace {
  const results = trace.results.map((result) => ({ ...result, error: undefined }));
  return { ...trace, results };
}
