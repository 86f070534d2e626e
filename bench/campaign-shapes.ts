/**
 * The campaigns that are simulated, in three shapes. What is long in them is not the same, so that they meet different
 * limits:
 *
 * - cells: many small ones, as in a matrix without options;
 * - seeds: a hundred cells with many random schedules each, which are ranges of a seed from the beginning;
 * - search: one exhaustive search of two clients, which is divided while it goes on.
 *
 * The search is divided as the real one: a job runs so many schedules, depth first, and divides what is left. The
 * interleavings of two clients with a and b steps left are (a + b)! / (a! b!), so a whole subtree need not be walked to
 * know how large it is. A real search leaves out what commutes; then its subtrees are smaller, and less regular.
 */
import { children_max, partsMax } from "../campaign/queue/hand-on.ts";
import { divided } from "../schedules/search/branch.ts";
import { seeds } from "../schedules/search/sample.ts";
import type { SimulatedJob } from "./simulated-campaign.ts";

/** See `npm run bench -- schedules`. */
const schedule_ms = 5;
/** A cell in a run without options has about so many, its load included. */
const schedules_of_a_cell = 100;
const cell_ms = schedules_of_a_cell * schedule_ms;
/** Some cells wait for time limits: one in a hundred takes so many times as long. */
const slow = { one_in: 100, times: 20 };
const cells_with_seeds = 100;
const job_schedules_default = 1_000;

export function* cells(schedules: number): Generator<SimulatedJob> {
  const random = seeds(1);
  for (let i = 0; i < schedules / schedules_of_a_cell; i++) {
    const is_slow = Math.abs(random()) % slow.one_in === 0;
    yield { work_ms: cell_ms * (is_slow ? slow.times : 1) };
  }
}

export function* ranges(schedules: number): Generator<SimulatedJob> {
  const of_a_cell = schedules / cells_with_seeds;
  for (let i = 0; i < cells_with_seeds; i++)
    for (let from = 0; from < of_a_cell; from += job_schedules_default)
      yield { work_ms: schedule_ms * Math.min(job_schedules_default, of_a_cell - from) };
}

/** A subtree: so many steps are left of each client. */
type Subtree = readonly [number, number];

/** @param steps of each of the two clients */
export const search = (steps: number, job_schedules: number): SimulatedJob =>
  jobOf([[steps, steps]], job_schedules);

function jobOf(subtrees: readonly Subtree[], job_schedules: number): SimulatedJob {
  const { ran, left } = walk(subtrees, job_schedules);
  const leaves = () => divided(left, children_max).map((part) => jobOf(part, job_schedules));
  return { work_ms: ran * schedule_ms, ...(left.length > 0 ? { leaves } : {}) };
}

/** Depth first, until enough schedules were run. @param subtrees in the order of the search */
function walk(subtrees: readonly Subtree[], schedules_max: number) {
  const todo = subtrees.toReversed();
  let ran = 0;
  while (todo.length > 0 && ran < schedules_max) {
    const [a, b] = todo.pop()!;
    const size = interleavings(a, b);
    if (ran + size <= schedules_max) ran += size;
    // Who went last goes on first; which of the two it is makes no difference to the sizes.
    else todo.push([a, b - 1], [a - 1, b]);
  }
  return { ran, left: todo.reverse() };
}

export function interleavings(a: number, b: number): number {
  let count = 1;
  for (let i = 1; i <= b; i++) count = (count * (a + i)) / i;
  return Math.round(count);
}

/** How many jobs a search becomes. */
export function partsOf(steps: number, job_schedules: number): number {
  let parts = 0;
  const todo = [search(steps, job_schedules)];
  for (let job = todo.pop(); job !== undefined; job = todo.pop()) {
    parts++;
    todo.push(...(job.leaves?.() ?? []));
  }
  return parts;
}

/** A search with too many parts is not gone on with. @returns the smallest round `--job-schedules` with which it ends */
export function jobSchedulesFor(steps: number): number {
  let job_schedules = job_schedules_default;
  while (partsOf(steps, job_schedules) > partsMax(job_schedules)) job_schedules *= 10;
  return job_schedules;
}
