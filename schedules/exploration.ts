import type { Backend, Isolation } from "../backends/backend.ts";
import { mustMakeSense } from "./bad-options.ts";
import type { Program } from "./program.ts";
import { Lane, type LaneOptions, type Played } from "./run/lane.ts";
import { drain } from "./run/lanes.ts";
import type { Fault } from "./schedule.ts";
import { Exhaust } from "./search/dfs.ts";
import { FaultSearch } from "./search/fault-search.ts";
import { RandomSearch } from "./search/random.ts";
import { pickFrom, type Search } from "./search/search.ts";
import { shrink } from "./search/shrink.ts";
import { Tally } from "./tally.ts";
import { describeTrace, type Trace } from "./trace.ts";

export interface ExplorationOptions<Client> {
  readonly backend: Backend<Client>;
  readonly program: Program<Client>;
  /** Begins the keys that the schedules work on, one a lane. */
  readonly name: string;
  readonly clients: number;
  /** Each client. Default 1. */
  readonly operations?: number;
  readonly isolation?: Isolation | undefined;
  /** The driver keeps its own defaults for resending. */
  readonly resend?: boolean;
  /** `exhaustive`: every interleaving. `random`: PCT and uniform choices from `seed`. */
  readonly search: "exhaustive" | "random";
  /** Leave out schedules that differ only in steps that commute. Default true. */
  readonly prune?: boolean;
  /** At most so many. Default 20,000 for an exhaustive search, 200 for a random one. */
  readonly schedules?: number;
  /** Default 1. */
  readonly seed?: number;
  /** One fault of these kinds at every step (exhaustive), or at a random one. */
  readonly faults?: readonly Fault["kind"][];
  /** Go on after a failure, to count all outcomes. Default false. */
  readonly keep_going?: boolean;
  /** Schedules side by side. Default 4; 1 for a program that touches more than its key. */
  readonly lanes?: number;
  readonly busy_limit_ms?: number;
  readonly stuck_limit_ms?: number;
  readonly signal?: AbortSignal;
}

/** What the schedules of a program showed. */
export interface Exploration {
  readonly operations: readonly number[];
  readonly schedules: number;
  /** Branches that were left out because they lead to where another schedule was. */
  readonly pruned: number;
  /** How many interleavings there are, where that is known: no step waited and all runs had the same steps. */
  readonly interleavings: number | undefined;
  /** Every interleaving of this size is covered. */
  readonly complete: boolean;
  /** Of a random search. */
  readonly seed: number | undefined;
  /** `correct`, or the class of the failure, with how many schedules showed it. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The same in detail: what each operation came to. */
  readonly endings: Readonly<Record<string, number>>;
  /** Codes with which operations failed cleanly. */
  readonly failed: Readonly<Record<string, number>>;
  /** Codes of operations of which nobody knows. */
  readonly unknown: Readonly<Record<string, number>>;
  /** Schedules in which a step waited for a lock. */
  readonly waited: number;
  /** Most clients that took a step in one schedule: below 2 nothing could race. */
  readonly racing: number;
  /** Branches that were lost, as the server did something else after the same choices: then nothing is proved. */
  readonly diverged: number;
  /** The smallest failing schedule that was found. */
  readonly failure?: FoundFailure;
}

export interface FoundFailure {
  readonly kind: string;
  /** The check's own words, of the smallest one. */
  readonly message: string;
  /** What was thrown: by the check, or by an operation of the program. */
  readonly error?: unknown;
  /** How many schedules had been run when the first one failed. */
  readonly found_after: number;
  readonly found: Trace;
  /** How many schedules it took to make it smaller. */
  readonly shrunk_in: number;
  readonly smallest: Trace;
  /** What happened when the smallest was run again, if it was something else. */
  readonly other?: Trace;
}

const lanes_default = 4;
const exhaustive_max = 20_000;
const random_default = 200;

/**
 * Runs the schedules of a program and says what they showed; a failure is made as small as possible and
 * run again.
 *
 * @throws BadOptions
 * @throws whatever is wrong outside the schedules (the server, `setup`)
 */
export async function exploreSchedules<Client>(
  options: ExplorationOptions<Client>,
): Promise<Exploration> {
  mustMakeSense(options, options.program.expire !== undefined);
  const operations = Array.from({ length: options.clients }, () => options.operations ?? 1);
  const search = searchOf(options);
  const tally = new Tally();
  const lanes = Array.from({ length: options.lanes ?? lanes_default }, (_, i) =>
    newLane(options, i + 1),
  );
  let first: { played: Played; after: number } | undefined;
  const seen = (played: Played, number: number): "stop" | undefined => {
    tally.add(played);
    // The first by number, not by time: with one seed it is always the same.
    if (played.failure && number < (first?.after ?? Number.POSITIVE_INFINITY)) {
      first = { played, after: number };
    }
    return first && !options.keep_going ? "stop" : undefined;
  };
  try {
    const by_default = options.search === "exhaustive" ? exhaustive_max : random_default;
    const limits = { schedules_max: options.schedules ?? by_default, signal: options.signal };
    const { schedules, complete } = await drain(lanes, operations, search, limits, seen);
    const failure = first && (await smallest(lanes[0] as Lane<Client>, first.played, first.after));
    return {
      operations,
      schedules,
      pruned: search.pruned,
      complete: complete && search.exhaustive && search.diverged === 0,
      seed: search.exhaustive ? undefined : (options.seed ?? 1),
      diverged: search.diverged,
      ...tally.counts(search.exhaustive && !options.faults?.length),
      ...(failure ? { failure } : {}),
    };
  } finally {
    await Promise.all(lanes.map((lane) => lane[Symbol.asyncDispose]()));
  }
}

/** A lane of its own for one exploration or replay. */
export function newLane<Client>(
  options: Omit<ExplorationOptions<Client>, "clients" | "search">,
  number: number,
): Lane<Client> {
  const { backend, program, name, isolation, resend, busy_limit_ms, stuck_limit_ms } = options;
  const lane_options: LaneOptions = {
    key: `${backend.prefix}${name}-lane${number}`,
    ...(isolation === undefined ? {} : { isolation }),
    ...(resend === undefined ? {} : { resend }),
    ...(busy_limit_ms === undefined ? {} : { busy_limit_ms }),
    ...(stuck_limit_ms === undefined ? {} : { stuck_limit_ms }),
  };
  return new Lane(backend, program, lane_options);
}

function searchOf<Client>(options: ExplorationOptions<Client>): Search {
  const { clients, operations = 1, program, prune = true, faults = [] } = options;
  if (options.search === "random") return new RandomSearch(clients, options.seed ?? 1, faults);
  const exhaust = {
    // On a shared connection even BEGIN is everybody's.
    prune: prune && !program.shared_connection,
    several_operations: operations > 1,
  };
  return faults.length === 0
    ? new Exhaust(exhaust)
    : new FaultSearch(exhaust, faults, program.alike ?? false);
}

async function smallest<Client>(
  lane: Lane<Client>,
  found: Played,
  found_after: number,
): Promise<FoundFailure> {
  const { played, schedules } = await shrink(found, (operations, pick, faults) =>
    lane.play({ operations, pick, faults }),
  );
  const { trace } = played;
  const again = await lane.play({ ...trace, pick: pickFrom(trace.choices) });
  const repeats = describeTrace(again.trace) === describeTrace(trace);
  return {
    kind: played.failure?.kind ?? "",
    message: played.failure?.message ?? "",
    ...(played.failure && "error" in played.failure ? { error: played.failure.error } : {}),
    found_after,
    found: found.trace,
    shrunk_in: schedules,
    smallest: trace,
    ...(repeats ? {} : { other: again.trace }),
  };
}
