/** A campaign: a run whose cells are handed out by a queue. This is all that its workers and watchers need to know. */
import { z } from "zod";
import type { CellName } from "../cell-name.ts";
import type { RunHead } from "../part.ts";
import { cell_name_schema } from "../result-schema.ts";

/** How much of each cell is run. */
export interface CellSize {
  readonly schedules: number;
  readonly fault_schedules: number;
  readonly clients: number;
  readonly operations: number;
  readonly seed: number;
  /** A job runs at most so many schedules of a search; the rest of the search is jobs of its own. */
  readonly job_schedules: number;
}

/** The faults that servers suffer. */
export interface Faults {
  readonly kinds: readonly ("kill" | "pause" | "cut" | "restart")[];
  /** How many of each kind a cell gets. */
  readonly times: number;
}

/** A cell, and the faults that its servers suffer meanwhile. */
export interface PlannedCell {
  readonly cell: CellName;
  readonly faults?: Faults | undefined;
}

export interface Campaign {
  /** Of this format. */
  readonly format: 1;
  readonly name: string;
  /** The version of raceproof that made it. */
  readonly raceproof: string;
  readonly run: RunHead;
  readonly size: CellSize;
  readonly cells: readonly PlannedCell[];
}

const count = z.int().nonnegative();

export const size_schema: z.ZodType<CellSize> = z.strictObject({
  schedules: count,
  fault_schedules: count,
  clients: count,
  operations: count,
  seed: count,
  job_schedules: z.int().positive(),
});

export const faults_schema: z.ZodType<Faults> = z.strictObject({
  kinds: z.array(z.enum(["kill", "pause", "cut", "restart"])),
  times: count,
});

export const campaign_schema: z.ZodType<Campaign> = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  raceproof: z.string(),
  run: z.record(z.string(), z.union([z.string(), z.number()])),
  size: size_schema,
  cells: z.array(z.strictObject({ cell: cell_name_schema, faults: faults_schema.optional() })),
});
