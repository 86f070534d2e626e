import type { Backend, Isolation } from "../backends/backend.ts";
import { countsText, failureText, tokenOf } from "../reports/report.ts";
import { explain } from "../reports/sentence.ts";
import {
  type Exploration,
  type ExplorationOptions,
  exploreSchedules,
} from "../schedules/exploration.ts";
import { contextSwitches, type Fault } from "../schedules/schedule.ts";
import { type Replayed, replay } from "../schedules/search/replay.ts";
import type { Replay } from "../schedules/token.ts";
import { counterProgram } from "./counter-program.ts";
import type { Explored, ExploreResult, FoundFailure } from "./result.ts";
import { type Promised, promisedAt, type Strategy } from "./strategy.ts";

/** What of a cell is explored, besides two clients in all interleavings. */
export interface ExploreSize {
  readonly seed: number;
  /** Schedules of three clients; 0 = none. */
  readonly schedules: number;
  /**
   * At most so many with one lost reply, and ten times as many with an expired lock; but an update that
   * is declared to be lost then is searched for until it is found. 0 = none.
   */
  readonly fault_schedules: number;
  readonly signal?: AbortSignal;
}

/** A strategy at a level, ready to be explored. */
export interface ExploredCell<Client> {
  readonly backend: Backend<Client>;
  readonly strategy: Strategy<Client>;
  readonly isolation: Isolation | null;
}

/** Explores one increment each of two clients, exhaustively, and more as `size` says. */
export async function exploreCell<Client>(
  cell: ExploredCell<Client>,
  size: ExploreSize,
): Promise<Explored> {
  const { schedules, seed, fault_schedules, signal } = size;
  const explore = async (options: Partial<CellExploration>): Promise<ExploreResult> =>
    resultOf(cell, await exploreOnce(cell, { ...(signal ? { signal } : {}), ...options }));
  const withFault = (fault: Fault["kind"], schedules: number): Promise<ExploreResult> =>
    explore({ faults: [fault], schedules, keep_going: false });
  const { lock_lost } = promisedAt(cell.strategy.declared, cell.isolation)!;
  const expired_schedules = lock_lost === "lost" ? Infinity : 10 * fault_schedules;
  return {
    two: await explore({}),
    ...(schedules > 0 && {
      three: await explore({ clients: 3, search: "random", schedules, seed }),
    }),
    ...(fault_schedules > 0 && { reply_lost: await withFault("lose reply", fault_schedules) }),
    ...(fault_schedules > 0 &&
      cell.strategy.expire && { lock_lost: await withFault("expire", expired_schedules) }),
  };
}

/** How an exploration of a cell may differ from two clients in all interleavings. */
export type CellExploration = Pick<
  ExplorationOptions<unknown>,
  "clients" | "search" | "schedules" | "seed" | "faults" | "prune" | "keep_going" | "signal"
>;

/** One exploration of a cell, which goes on after a failure to see all outcomes. */
export function exploreOnce<Client>(
  cell: ExploredCell<Client>,
  options: Partial<CellExploration>,
): Promise<Exploration> {
  return exploreSchedules({
    ...explorationOf(cell, promisedAt(cell.strategy.declared, cell.isolation)!),
    clients: 2,
    search: "exhaustive",
    keep_going: true,
    ...options,
  });
}

/** Runs the schedule of a token again. */
export function replayCell<Client>(cell: ExploredCell<Client>, token: Replay): Promise<Replayed> {
  return replay(token, explorationOf(cell, promisedAt(cell.strategy.declared, cell.isolation)!));
}

/** What explorations and replays of a cell have in common. */
export function explorationOf<Client>(
  { backend, strategy, isolation }: ExploredCell<Client>,
  promised: Promised,
): Omit<ExplorationOptions<Client>, "clients" | "search"> {
  return {
    backend,
    program: counterProgram(strategy, promised.updates),
    name: strategy.name,
    isolation: isolation ?? undefined,
    resend: strategy.resend ?? false,
    // One: connections cost more than the few schedules of a cell, and PostgreSQL's SERIALIZABLE locks
    // pages and tables, so that lanes would make each other fail.
    lanes: 1,
  };
}

function resultOf<Client>(cell: ExploredCell<Client>, exploration: Exploration): ExploreResult {
  const { operations, schedules, pruned, complete, seed, outcomes, failed } = exploration;
  return {
    clients: operations.length,
    schedules,
    pruned,
    complete,
    ...(seed === undefined ? {} : { seed }),
    outcomes,
    failed,
    ...(exploration.failure ? { failure: failureOf(cell, exploration, exploration.failure) } : {}),
  };
}

function failureOf<Client>(
  { backend, strategy, isolation }: ExploredCell<Client>,
  exploration: Exploration,
  failure: NonNullable<Exploration["failure"]>,
): FoundFailure {
  const { smallest, found_after, shrunk_in, other } = failure;
  const explored = {
    name: strategy.name,
    backend,
    isolation: isolation ?? undefined,
    replayCommand: (token: string) => `npm start -- replay ${token}`,
  };
  return {
    kind: failure.kind,
    sentence: explain(smallest, failure),
    text: failureText(explored, failure, countsText(exploration, failure)),
    token: tokenOf(explored, failure),
    clients: smallest.operations.length,
    context_switches: contextSwitches(smallest.choices),
    found_after,
    shrunk_in,
    repeats: other === undefined,
  };
}
