/** The jobs with which a campaign begins: each cell, and the ranges of its random schedules. */
import type { SearchPart } from "../../matrix/explore-cell.ts";
import type { CellName } from "../cell-name.ts";
import type { Campaign, CellSize, PlannedCell } from "./document.ts";
import { type JobData, jobId, rangeId } from "./job.ts";

export interface PlannedJob {
  readonly id: string;
  /** What it is, in a few words. */
  readonly name: string;
  readonly data: JobData;
}

/** Cell by cell. */
export function* plannedJobs({ cells, size }: Campaign): Generator<PlannedJob> {
  for (const planned of cells) {
    const { cell, faults } = planned;
    const data: JobData = { cell, size, ...(faults ? { faults } : {}) };
    yield { id: jobId(cell), name: nameOf(cell), data };
    for (const { id, part } of rangesOf(planned, size))
      yield { id, name: `${nameOf(cell)}, schedules of three`, data: { ...data, part } };
  }
}

export const nameOf = ({ workload, strategy }: CellName): string => `${workload} ${strategy}`;

interface Range {
  readonly id: string;
  readonly part: SearchPart & { readonly search: "three" };
}

/** What the cell's own job does not run of its random schedules. Where servers suffer faults, nothing is explored. */
export function* rangesOf({ cell, faults }: PlannedCell, size: CellSize): Generator<Range> {
  if (faults !== undefined) return;
  const { schedules: all, job_schedules } = size;
  for (let skips = job_schedules; skips < all; skips += job_schedules) {
    const schedules = Math.min(job_schedules, all - skips);
    yield { id: rangeId(cell, skips, schedules), part: { search: "three", skips, schedules } };
  }
}

/** How many they are. */
export function plannedCount({ cells, size }: Campaign): number {
  const explored = cells.filter(({ faults }) => faults === undefined).length;
  const ranges = Math.max(0, Math.ceil(size.schedules / size.job_schedules) - 1);
  return cells.length + explored * ranges;
}
