/** One job of a campaign, and what it brings back: plain data. A strategy is named, and looked up by the worker. */
import { createHash } from "node:crypto";
import { z } from "zod";
import type { SearchPart } from "../../matrix/explore-cell.ts";
import type { CellResult, ExploreResult } from "../../matrix/result.ts";
import type { CellName } from "../cell-name.ts";
import type { MadeBy } from "../part.ts";
import {
  cell_name_schema,
  cell_result_schema,
  explored_schema,
  made_by_schema,
} from "../result-schema.ts";
import { branch_schema } from "./branch-schema.ts";
import { type CellSize, type Faults, faults_schema, size_schema } from "./document.ts";

export interface JobData {
  readonly cell: CellName;
  readonly faults?: Faults | undefined;
  readonly size: CellSize;
  /** Only this part of a search of the cell. Default: the cell, with the beginning of each search. */
  readonly part?: SearchPart | undefined;
}

const count = z.int().nonnegative();

const part_schema: z.ZodType<SearchPart> = z.discriminatedUnion("search", [
  z.strictObject({ search: z.literal("two"), branches: z.array(branch_schema).min(1) }),
  z.strictObject({ search: z.literal("three"), skips: count, schedules: z.int().positive() }),
]);

export const job_schema: z.ZodType<JobData> = z.strictObject({
  cell: cell_name_schema,
  faults: faults_schema.optional(),
  size: size_schema,
  part: part_schema.optional(),
});

/** Readable, and the same for the same cell: so it is in the queue once. A colon is not allowed in it. */
export const jobId = ({ backend, workload, strategy, isolation, settings }: CellName): string =>
  [backend, workload, strategy, isolation?.replace(" ", "-"), settings].filter(Boolean).join("/");

/** `…/three/1001-2000`: the schedules of a range, counted from 1. */
export const rangeId = (cell: CellName, skips: number, schedules: number): string =>
  `${jobId(cell)}/three/${skips + 1}-${skips + schedules}`;

/**
 * `…/two/1.3-9f3a1c`: the third of the parts that the first part of the cell's search has left. The letters are those of
 * its branches: if a job is done twice and leaves something else, its parts do not get mixed up.
 */
export function subtreeId(parent: string, number: number, part: SearchPart): string {
  const [, cell = parent, path] = /^(.*)\/two\/([\d.]+)-\w+$/.exec(parent) ?? [];
  const letters = createHash("sha256").update(JSON.stringify(part)).digest("hex").slice(0, 6);
  return `${cell}/two/${path === undefined ? "" : `${path}.`}${number}-${letters}`;
}

/** Where the history of a job's load is. */
export type KeptHistory =
  /** In Redis under this key, compressed. */
  | { readonly at: "queue"; readonly key: string }
  /** It is too large for that: still on its worker's machine. */
  | { readonly at: "worker"; readonly machine: string; readonly path: string };

/** Who goes on with a search that was cut off. */
export interface HandedOn {
  /** The jobs, in the order of the search; none when there are too many already. */
  readonly jobs: readonly string[];
  /** All interleavings were covered but those of the jobs. */
  readonly covered: boolean;
}

/** A part of a search, explored. */
export interface ExploredPart {
  /** Product and version, as the server itself tells them. */
  readonly server: string;
  readonly explored: ExploreResult;
  readonly elapsed_s: number;
}

export interface JobResult {
  /** The machine and the process. */
  readonly worker: string;
  readonly made_by: MadeBy;
  /** Of a cell. */
  readonly result?: CellResult | undefined;
  readonly history?: KeptHistory | undefined;
  /** Of a part of a search. */
  readonly part?: ExploredPart | undefined;
  readonly handed_on?: HandedOn | undefined;
}

export const job_result_schema: z.ZodType<JobResult> = z
  .strictObject({
    worker: z.string(),
    made_by: made_by_schema,
    result: cell_result_schema.optional(),
    history: z
      .discriminatedUnion("at", [
        z.strictObject({ at: z.literal("queue"), key: z.string() }),
        z.strictObject({ at: z.literal("worker"), machine: z.string(), path: z.string() }),
      ])
      .optional(),
    part: z
      .strictObject({ server: z.string(), explored: explored_schema, elapsed_s: z.number() })
      .optional(),
    handed_on: z.strictObject({ jobs: z.array(z.string()), covered: z.boolean() }).optional(),
  })
  .refine(({ result, part }) => (result === undefined) !== (part === undefined));
