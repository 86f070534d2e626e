/**
 * After a race was found, the same program is explored again with each of the usual repairs put in on the wire. A
 * repair counts only if every interleaving was run and none failed, and if with it the operations can still do, one
 * after the other, what they could do without it.
 */
import { now_ms } from "../backends/real-time.ts";
import { type Reword, withLevel, withLock } from "../backends/sql-mending.ts";
import { Mending } from "../schedules/doors/mending.ts";
import type { Exploration, FoundFailure } from "../schedules/exploration.ts";
import type { ExplorationOptions } from "../schedules/options.ts";
import { candidates } from "./candidates.ts";
import { codesInTurn } from "./in-turn.ts";
import { mendedProgram, Seen } from "./mended-program.ts";
import type { Language, Repair, RepairResult, TriedRepair } from "./repair.ts";
import { relativeThroughput } from "./throughput.ts";
import { withUniqueIndex } from "./unique-index.ts";
import { partOf, type Workshop } from "./workshop.ts";

/** A repair runs at most so many schedules: what needs more of them takes too long for a report. */
const schedules_max = 500;
/** The repairs take at most so long all together, or so many times as long as the search for the race. */
const all_max_ms = 20_000;
const all_max_times = 10;

export interface ToMend<Client> {
  /** One for each database for which repairs are known. */
  readonly workshops: readonly Workshop<Client>[];
  /** The exploration that found the race; its program's check says what is right. */
  readonly exploration: ExplorationOptions<Client>;
  readonly failure: FoundFailure;
  /** Operations that were refused run again, because the check counts on all of them. */
  readonly retries: boolean;
  /** Runs an exploration, and says of it no more than was compared. */
  readonly explore: (options: ExplorationOptions<Client>) => Promise<Exploration>;
  /** How long it took to find the race. */
  readonly took_ms: number;
  /** By `now_ms`. */
  readonly until_ms: number | undefined;
}

/** Tries the repairs, one after the other. */
export async function tryRepairs<Client>(to_mend: ToMend<Client>): Promise<TriedRepair[]> {
  const { exploration, failure, workshops } = to_mend;
  const { faults, ending } = failure.smallest;
  // None of them is against a fault, or a pool that is too small.
  if (faults.length > 0 || ending.kind !== "ended") return [];
  const { backend, isolation } = exploration;
  const all_ms = Math.max(all_max_ms, all_max_times * to_mend.took_ms);
  const until_ms = Math.min(to_mend.until_ms ?? Infinity, now_ms() + all_ms);
  const tried: TriedRepair[] = [];
  for (const workshop of workshops) {
    const { dialect, cannot_wrap } = workshop;
    const traces = [failure.found, failure.smallest].map((trace) => partOf(trace, workshop));
    const scene = { dialect, isolations: backend.isolations, isolation, cannot_wrap };
    for (const found of candidates(traces, scene)) {
      const { name } = workshop;
      const repair: Repair = name === undefined ? found : { ...found, database: name };
      if (tried.some((before) => makesNeedless(before, repair))) continue;
      const size = failure.smallest.operations;
      tried.push(await tryRepair(repair, { ...to_mend, size, workshop, until_ms }));
    }
  }
  return tried;
}

/** A weaker repair of the same sort is proved: less would not do, and more is not needed. */
function makesNeedless({ repair: before, result }: TriedRepair, repair: Repair): boolean {
  if (result.kind !== "proof" || before.database !== repair.database) return false;
  return (["level", "locks", "compares", "unique"] as const).some(
    (part) => before[part] !== undefined && repair[part] !== undefined,
  );
}

/** Where one repair is tried, and with how many operations of each client. */
export interface OneToMend<Client>
  extends Pick<ToMend<Client>, "exploration" | "retries" | "explore" | "until_ms"> {
  readonly size: readonly number[];
  readonly workshop: Workshop<Client>;
}

const nothing = { schedules: 0, interleavings: undefined, errors: {}, deadlocks: 0, tookMs: 0 };

/** Explores the program with one repair. */
export async function tryRepair<Client>(
  repair: Repair,
  one: OneToMend<Client>,
): Promise<TriedRepair> {
  const began_ms = now_ms();
  if ((one.until_ms ?? Infinity) <= began_ms)
    return { repair, result: { kind: "no time" }, ...nothing };
  const cannot = whyNot(repair, one);
  if (cannot !== undefined)
    return { repair, result: { kind: "cannot be tried", why: cannot }, ...nothing };
  const { size, exploration, workshop } = one;
  const plain: ExplorationOptions<Client> = {
    ...exploration,
    clients: size.length,
    operations: Math.max(...size),
  };
  const { unique } = repair;
  let tried: Omit<TriedRepair, "tookMs"> | undefined;
  let why: string | undefined;
  if (unique && workshop.say) {
    const { say } = workshop;
    const codes = await codesInTurn(plain);
    why = await withUniqueIndex(unique, plain, { say, dialect: workshop.dialect }, async () => {
      tried = await exploreMended(repair, plain, one, codes);
    });
  } else tried = await exploreMended(repair, plain, one);
  const result: RepairResult = { kind: "cannot be tried", why: why ?? "" };
  return { ...(tried ?? { repair, result, ...nothing }), tookMs: now_ms() - began_ms };
}

/** Why a repair cannot be put in here. */
function whyNot<Client>(repair: Repair, one: OneToMend<Client>): string | undefined {
  const is_shared = one.exploration.program.sharedConnection;
  if ((repair.wraps || repair.compares) && is_shared) return "one application has all connections";
  if (repair.wraps) return one.workshop.cannot_wrap;
  return repair.unique && !one.workshop.say ? "the schema cannot be changed here" : undefined;
}

/** @param codes_before in turn, without the repair; if they are not known, they are looked for when they are needed */
async function exploreMended<Client>(
  repair: Repair,
  plain: ExplorationOptions<Client>,
  { size, workshop, retries, until_ms, explore }: OneToMend<Client>,
  codes_before?: readonly string[],
): Promise<Omit<TriedRepair, "tookMs">> {
  const mending = new Mending(rewordOf(repair, workshop.dialect));
  const seen = new Seen();
  const { wraps, compares } = repair;
  const count = size.reduce((sum, one) => sum + one);
  const options: ExplorationOptions<Client> = {
    ...plain,
    backend: workshop.mended(mending),
    program: mendedProgram(plain.program, mending, seen, {
      wraps,
      compares: compares !== undefined,
      retries,
    }),
    search: count === 2 ? "exhaustive" : plain.search,
    time_limit_ms: until_ms === undefined ? undefined : Math.max(1, until_ms - now_ms()),
    schedules: Math.min(schedules_max, plain.schedules ?? schedules_max),
    shrinks: false,
    ...(repair.level ? { isolation: repair.level } : {}),
  };
  const found = await explore(options);
  const { errors, deadlocks } = { errors: { ...seen.errors }, deadlocks: seen.deadlocks };
  const result = await resultOf(found, mending, { options, plain, codes_before });
  const { schedules, interleavings } = found;
  const throughput =
    result.kind === "proof" && !repair.unique && workshop.measures !== false
      ? await relativeThroughput(plain, options)
      : undefined;
  const measured = throughput === undefined ? {} : { relativeThroughput: throughput };
  return { repair, result, schedules, interleavings, errors, deadlocks, ...measured };
}

function rewordOf({ level, locks }: Repair, dialect: Language): Reword | undefined {
  if (level) return (sql) => withLevel(sql, level);
  if (locks && dialect !== "redis" && dialect !== "dynamodb")
    return (sql) => withLock(sql, dialect, locks);
  return undefined;
}

interface Around<Client> {
  readonly options: ExplorationOptions<Client>;
  readonly plain: ExplorationOptions<Client>;
  readonly codes_before: readonly string[] | undefined;
}

async function resultOf<Client>(
  found: Exploration,
  mending: Mending,
  { options, plain, codes_before }: Around<Client>,
): Promise<RepairResult> {
  if (mending.obstacle !== undefined) return { kind: "cannot be tried", why: mending.obstacle };
  if (found.failure) return { kind: "race", failure: found.failure };
  if (!found.proof) return { kind: "no proof", doubt: found.doubt };
  const after = await codesInTurn(options);
  const before = after.length === 0 ? [] : (codes_before ?? (await codesInTurn(plain)));
  const codes = after.filter((code) => !before.includes(code));
  return codes.length > 0 ? { kind: "refuses", codes } : { kind: "proof" };
}
