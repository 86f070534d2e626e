import type { Backend, Isolation } from "../backends/backend.ts";
import { type Exploration, exploreSchedules } from "../schedules/exploration.ts";
import { drawInterleaving } from "../schedules/interleaving.ts";
import { contextSwitches } from "../schedules/schedule.ts";
import { explain } from "../schedules/sentence.ts";
import { fingerprint, writeToken } from "../schedules/token.ts";
import { counterProgram } from "./counter-program.ts";
import type { Explored, ExploreResult, FoundFailure } from "./result.ts";
import { type Promised, promisedAt, type Strategy } from "./strategy.ts";

/** What of a cell is explored, besides two clients in all interleavings. */
export interface ExploreSize {
  readonly seed: number;
  /** Schedules of three clients; 0 = none. */
  readonly schedules: number;
  /** Also with one lost reply, and with an expired lock where there is one. */
  readonly faults: boolean;
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
  const { strategy, isolation } = cell;
  const promised = promisedAt(strategy.declared, isolation)!;
  const explore = async (
    options: Partial<Parameters<typeof exploreSchedules<Client>>[0]>,
  ): Promise<ExploreResult> => {
    const exploration = await exploreSchedules({
      ...explorationOf(cell, promised),
      clients: 2,
      search: "exhaustive",
      keep_going: true,
      ...(size.signal ? { signal: size.signal } : {}),
      ...options,
    });
    return resultOf(cell, exploration);
  };
  const { schedules, seed, faults } = size;
  return {
    two: await explore({}),
    ...(schedules > 0 && {
      three: await explore({ clients: 3, search: "random", schedules, seed }),
    }),
    ...(faults && { reply_lost: await explore({ faults: ["lose reply"] }) }),
    ...(faults && strategy.expire && { lock_lost: await explore({ faults: ["expire"] }) }),
  };
}

/** What explorations and replays of a cell have in common. */
export function explorationOf<Client>(
  { backend, strategy, isolation }: ExploredCell<Client>,
  promised: Promised,
) {
  return {
    backend,
    program: counterProgram(strategy, promised.updates),
    name: strategy.name,
    isolation: isolation ?? undefined,
    resend: strategy.resend ?? false,
    // PostgreSQL's SERIALIZABLE locks pages and tables: lanes would make each other fail.
    lanes: strategy.alone || isolation === "SERIALIZABLE" ? 1 : 4,
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
    ...(exploration.failure ? { failure: failureOf(cell, exploration.failure) } : {}),
  };
}

function failureOf<Client>(
  { backend, strategy, isolation }: ExploredCell<Client>,
  failure: NonNullable<Exploration["failure"]>,
): FoundFailure {
  const { smallest, kind, message, found_after, shrunk_in, other } = failure;
  return {
    kind,
    sentence: explain(smallest, { kind, message }),
    interleaving: drawInterleaving(smallest),
    token: writeToken({
      program: strategy.name,
      backend: backend.name,
      server: backend.server,
      isolation,
      operations: smallest.operations,
      choices: smallest.choices,
      faults: smallest.faults,
      expected: fingerprint(smallest),
    }),
    clients: smallest.operations.length,
    context_switches: contextSwitches(smallest.choices),
    found_after,
    shrunk_in,
    repeats: other === undefined,
  };
}
