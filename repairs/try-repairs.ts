/**
 * After a race was found, the same program is explored again with each of the usual repairs put in on the wire. A
 * repair counts only if every interleaving was run and none failed, and if with it the operations can still do, one
 * after the other, what they could do without it.
 */
import type { Backend } from "../backends/backend.ts";
import { now_ms } from "../backends/real-time.ts";
import { type Reword, withLevel, withLock } from "../backends/sql-mending.ts";
import { Mending } from "../schedules/doors/mending.ts";
import type { Exploration, FoundFailure } from "../schedules/exploration.ts";
import type { ExplorationOptions } from "../schedules/options.ts";
import { candidates, type Scene } from "./candidates.ts";
import { codesInTurn } from "./in-turn.ts";
import { mendedProgram, Seen } from "./mended-program.ts";
import type { Repair, RepairResult, TriedRepair } from "./repair.ts";

/** A repair runs at most so many schedules: what needs more of them takes too long for a report. */
const schedules_max = 500;
/** The repairs take at most so long all together, or so many times as long as the search for the race. */
const all_max_ms = 20_000;
const all_max_times = 10;

/** Where a program's databases are, for repairs. */
export interface Workshop<Client> {
  readonly dialect: Scene["dialect"];
  /** The same database behind doors that put a repair in. */
  mended(mending: Mending): Backend<Client>;
}

export interface ToMend<Client> {
  readonly workshop: Workshop<Client>;
  /** The exploration that found the race; its program's check says what is right. */
  readonly exploration: ExplorationOptions<Client>;
  readonly failure: FoundFailure;
  /** Operations that were refused run again, because the check counts on all of them. */
  readonly retries: boolean;
  /** Runs an exploration, and says of it no more than was compared. */
  explore(options: ExplorationOptions<Client>): Promise<Exploration>;
  /** How long it took to find the race. */
  readonly took_ms: number;
  /** By `now_ms`. */
  readonly until_ms: number | undefined;
}

/** Tries the repairs, one after the other. */
export async function tryRepairs<Client>(to_mend: ToMend<Client>): Promise<TriedRepair[]> {
  const { exploration, failure, workshop } = to_mend;
  const { faults, ending } = failure.smallest;
  // None of them is against a fault, or a pool that is too small.
  if (faults.length > 0 || ending.kind !== "ended") return [];
  const { backend, isolation } = exploration;
  const all_ms = Math.max(all_max_ms, all_max_times * to_mend.took_ms);
  const until_ms = Math.min(to_mend.until_ms ?? Infinity, now_ms() + all_ms);
  const scene = { dialect: workshop.dialect, isolations: backend.isolations, isolation };
  const tried: TriedRepair[] = [];
  for (const repair of candidates([failure.found, failure.smallest], scene)) {
    if (tried.some((before) => makesNeedless(before, repair))) continue;
    tried.push(await tryOne(repair, to_mend, until_ms - now_ms()));
  }
  return tried;
}

/** A weaker repair of the same sort is proved: less would not do, and more is not needed. */
function makesNeedless({ repair: before, result }: TriedRepair, repair: Repair): boolean {
  if (result.kind !== "proof") return false;
  return Boolean((before.level && repair.level) || (before.locks && repair.locks));
}

async function tryOne<Client>(
  repair: Repair,
  to_mend: ToMend<Client>,
  time_limit_ms: number,
): Promise<TriedRepair> {
  const { exploration, failure, workshop, retries } = to_mend;
  const began_ms = now_ms();
  const nothing = { schedules: 0, interleavings: undefined, errors: {}, deadlocks: 0, tookMs: 0 };
  if (time_limit_ms <= 0) return { repair, result: { kind: "no time" }, ...nothing };
  const { program } = exploration;
  if ((repair.wraps || repair.compares) && program.sharedConnection)
    return {
      repair,
      result: { kind: "cannot be tried", why: "one application has all connections" },
      ...nothing,
    };
  const mending = new Mending(rewordOf(repair, workshop.dialect));
  const seen = new Seen();
  const { operations } = failure.smallest;
  const options: ExplorationOptions<Client> = {
    ...exploration,
    backend: workshop.mended(mending),
    program: mendedProgram(program, mending, seen, {
      wraps: repair.wraps,
      compares: repair.compares !== undefined,
      retries,
    }),
    clients: operations.length,
    operations: Math.max(...operations),
    search: operations.reduce((sum, one) => sum + one) === 2 ? "exhaustive" : exploration.search,
    time_limit_ms,
    schedules: schedules_max,
    shrinks: false,
    ...(repair.level ? { isolation: repair.level } : {}),
  };
  const found = await to_mend.explore(options);
  const result = await resultOf(found, options, { to_mend, mending });
  const { schedules, interleavings } = found;
  const { errors, deadlocks } = seen;
  const tookMs = now_ms() - began_ms;
  return { repair, result, schedules, interleavings, errors, deadlocks, tookMs };
}

function rewordOf({ level, locks }: Repair, dialect: Scene["dialect"]): Reword | undefined {
  if (level) return (sql) => withLevel(sql, level);
  if (locks && dialect !== "redis" && dialect !== "dynamodb")
    return (sql) => withLock(sql, dialect, locks);
  return undefined;
}

interface Around<Client> {
  readonly to_mend: ToMend<Client>;
  readonly mending: Mending;
}

async function resultOf<Client>(
  found: Exploration,
  options: ExplorationOptions<Client>,
  { to_mend, mending }: Around<Client>,
): Promise<RepairResult> {
  if (mending.obstacle) return { kind: "cannot be tried", why: mending.obstacle };
  if (found.failure) return { kind: "race", failure: found.failure };
  if (!found.proof) return { kind: "no proof", doubt: found.doubt };
  const codes = await codesInTurn(options, to_mend.exploration);
  return codes.length > 0 ? { kind: "refuses", codes } : { kind: "proof" };
}
