/** The table of simulated campaigns: how long, how much faster than one worker, and what is the limit. */
import {
  cells,
  interleavings,
  jobSchedulesFor,
  partsOf,
  ranges,
  search,
} from "./campaign-shapes.ts";
import { type Costs, type SimulatedJob, simulate } from "./simulated-campaign.ts";

const workers_shown = [10, 100, 1_000];
/** So many share a machine, as on the one on which it was measured. */
const together = 2;

export function printTable(costs: Costs): void {
  console.log(
    `\n| simulated campaign | schedules | one worker | ${workers_shown.map((n) => `${n} workers`).join(" | ")} |\n|${"---|".repeat(3 + workers_shown.length)}`,
  );
  for (const power of [4, 6, 8])
    row("cells of 100", `10^${power}`, () => cells(10 ** power), costs);
  for (const power of [4, 6, 8])
    row("100 cells, by a seed", `10^${power}`, () => ranges(10 ** power), costs);
  for (const steps of [8, 11, 15]) {
    const job_schedules = jobSchedulesFor(steps);
    const name = `one search, --job-schedules ${job_schedules} (${partsOf(steps, job_schedules)} parts)`;
    row(name, String(interleavings(steps, steps)), () => [search(steps, job_schedules)], costs);
  }
}

function row(name: string, size: string, jobs: () => Iterable<SimulatedJob>, costs: Costs): void {
  const alone_ms = simulate(jobs(), 1, costs, together).took_ms;
  const results = workers_shown.map((workers) => {
    const { took_ms, limit } = simulate(jobs(), workers, costs, together);
    return `${timeText(took_ms)}, ${timesText(alone_ms / took_ms)} ×: ${limit}`;
  });
  console.log(`| ${[name, size, timeText(alone_ms), ...results].join(" | ")} |`);
}

function timeText(ms: number): string {
  const s = ms / 1_000;
  if (s < 120) return `${s.toFixed(s < 10 ? 1 : 0)} s`;
  return s < 7_200 ? `${(s / 60).toFixed(0)} min` : `${(s / 3_600).toFixed(s < 36_000 ? 1 : 0)} h`;
}

const timesText = (times: number): string => times.toFixed(times < 10 ? 1 : 0);
