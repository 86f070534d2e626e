/** What is left of a run: processes, folders, shared memory, and what bears its mark at somebody's server. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { findLeftovers } from "../../backends/leftovers.ts";

export interface Left {
  readonly processes: number;
  readonly folders: number;
  readonly segments: number;
  /** Databases, tables, nodes, and sets of keys. */
  readonly things: number;
}

export const nothing: Left = { processes: 0, folders: 0, segments: 0, things: 0 };

/** Processes that work below a folder, stopped ones too, and the run itself. */
export function processesOf(place: string, run: number): number {
  return readdirSync("/proc").filter((pid) => {
    try {
      if (!/^\d+$/.test(pid)) return false;
      return Number(pid) === run
        ? !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, "utf8"))
        : readlinkSync(`/proc/${pid}/cwd`).startsWith(place);
    } catch {
      return false;
    }
  }).length;
}

export const homesIn = (place: string): string[] =>
  readdirSync(place).filter((name) => name.startsWith("raceproof_"));

/** The shared memory of the PostgreSQL servers that live here: line 7 of postmaster.pid ends with its number. */
export function segmentsIn(place: string): string[] {
  return homesIn(place).flatMap((home) => {
    try {
      const lines = readFileSync(join(place, home, "data/postmaster.pid"), "utf8").split("\n");
      return lines[6]?.trim().split(/\s+/).slice(1) ?? [];
    } catch {
      return [];
    }
  });
}

export function stillThere(segments: readonly string[]): number {
  const there = readFileSync("/proc/sysvipc/shm", "utf8").split("\n").slice(1);
  const ids = new Set(there.map((line) => line.trim().split(/\s+/)[1]));
  return segments.filter((id) => ids.has(id)).length;
}

/** What a run has left at these servers. */
export async function thingsOf(run: number, urls: readonly string[]): Promise<number> {
  let count = 0;
  for (const url of urls) {
    await using found = await findLeftovers({ url });
    count += found.leftovers.filter(({ mark }) => mark.pid === run).length;
  }
  return count;
}
