/**
 * Puts the parts of a cell together: what its own job brought back, and what other jobs explored of its searches.
 *
 * Each schedule is in exactly one part (see `schedules/search/branch.ts`), so all that was counted is added up. The
 * parts stand in the order of the search: the first failure of the first part that has one is what one process would
 * have found first, and made smaller from there.
 *
 * It is a proof only if every part came back and covered all but what it handed on. A part without a result takes the
 * verdict from the whole, and so do parts that were not measured with the same versions: what sleeps in one part is
 * another one's promise, which only holds if the server and the program do the same for both. A race stays a race,
 * whoever found it.
 */
import { conclude } from "../matrix/conclude.ts";
import type { CellResult, Codes, ExploreResult } from "../matrix/result.ts";
import type { MadeBy } from "./part.ts";

/** One of the jobs that shared a search. */
export interface SearchJob {
  /** Its name in the queue. */
  readonly id: string;
  /** Absent when it brought back no result. */
  readonly done?: ExploredByJob;
  /** Why it did not. */
  readonly reason?: string;
}

export interface ExploredByJob {
  readonly explored: ExploreResult;
  /** Other jobs have what it left out, and nothing else was left out. */
  readonly handed_on: boolean;
  readonly made_by: MadeBy;
  readonly server: string;
  readonly elapsed_s: number;
}

const nothing: ExploreResult = {
  ...{ clients: 2, schedules: 0, pruned: 0, complete: false, outcomes: {}, failed: {} },
};

/** @param jobs those of one search, in its order */
export function joined(jobs: readonly SearchJob[]): ExploreResult {
  const all = jobs.flatMap(({ done }) => (done ? [done] : []));
  const first = all[0]?.explored ?? nothing;
  const sum = (count: (explored: ExploreResult) => number): number =>
    all.reduce((total, { explored }) => total + count(explored), 0);
  const failure = firstFailure(all.map(({ explored }) => explored));
  const { clients, seed } = first;
  return {
    clients,
    schedules: sum(({ schedules }) => schedules),
    pruned: sum(({ pruned }) => pruned),
    complete:
      all.length === jobs.length &&
      all.every(({ explored, handed_on }) => explored.complete || handed_on) &&
      differences(all).length === 0,
    ...(jobs.length > 1 ? { parts: jobs.length } : {}),
    ...(seed === undefined ? {} : { seed }),
    outcomes: added(all.map(({ explored }) => explored.outcomes)),
    failed: added(all.map(({ explored }) => explored.failed)),
    ...(failure ? { failure } : {}),
    ...(!failure && first.example ? { example: first.example } : {}),
  };
}

function firstFailure(all: readonly ExploreResult[]): ExploreResult["failure"] {
  let before = 0;
  for (const { schedules, failure } of all) {
    if (failure) return { ...failure, foundAfter: before + failure.foundAfter };
    before += schedules;
  }
  return undefined;
}

function added(all: readonly Codes[]): Codes {
  const sums: Record<string, number> = {};
  for (const [code, count] of all.flatMap((codes) => Object.entries(codes)))
    sums[code] = (sums[code] ?? 0) + count;
  return sums;
}

/** In which versions they differ: `Node v22.0.0 and v24.1.0`. */
function differences(all: readonly ExploredByJob[]): string[] {
  const kinds: [string, string[]][] = [
    ["raceproof", all.map(({ made_by }) => made_by.raceproof)],
    ["Node", all.map(({ made_by }) => made_by.node)],
    ["", all.map(({ server }) => server)],
  ];
  return kinds.flatMap(([what, had]) => {
    const different = [...new Set(had)];
    return different.length > 1 ? [`${what} ${different.join(" and ")}`.trim()] : [];
  });
}

/**
 * @param cell what its own job measured, or why it did not
 * @param two the jobs that shared the search of two clients, its own first
 * @param three those of three clients
 */
export function joinCell(
  cell: CellResult,
  two: readonly SearchJob[],
  three: readonly SearchJob[],
): CellResult {
  const jobs = [...two, ...three.slice(1)];
  const done = [...two, ...three].flatMap(({ done }) => (done ? [done] : []));
  if (jobs.length < 2 || done.length === 0) return cell;
  const gaps = gapsIn(jobs, done);
  const explored = {
    ...cell.explored,
    two: joined(two),
    ...(three.some(({ done }) => done) ? { three: joined(three) } : {}),
    elapsed_s: jobs.reduce((sum, { done }) => sum + (done?.elapsed_s ?? 0), 0),
    ...(gaps.length > 0 ? { gaps } : {}),
  };
  return { ...cell, explored, ...conclude(cell.declared, explored, cell.load, cell.interrupted) };
}

/** Why the parts are no whole, each reason as a sentence. */
function gapsIn(jobs: readonly SearchJob[], done: readonly ExploredByJob[]): string[] {
  const missing = jobs.filter(({ done }) => done === undefined);
  const [first] = missing;
  const versions = differences(done);
  return [
    ...(first === undefined
      ? []
      : [
          `Of its ${jobs.length} parts ${missing.length} brought back nothing: ${first.id}: ${first.reason}`,
        ]),
    ...(versions.length === 0
      ? []
      : [
          `Its parts were measured with different versions, so they are no whole: ${versions.join("; ")}.`,
        ]),
  ];
}
