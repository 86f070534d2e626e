/** One job of a campaign, and what it brings back: plain data. A strategy is named, and looked up by the worker. */
import { z } from "zod";
import type { CellResult } from "../../matrix/result.ts";
import type { CellName } from "../cell-name.ts";
import type { MadeBy } from "../part.ts";
import { cell_name_schema, cell_result_schema, made_by_schema } from "../result-schema.ts";
import { type CellSize, type Faults, faults_schema, size_schema } from "./document.ts";

export interface JobData {
  readonly cell: CellName;
  readonly faults?: Faults | undefined;
  readonly size: CellSize;
}

export const job_schema: z.ZodType<JobData> = z.strictObject({
  cell: cell_name_schema,
  faults: faults_schema.optional(),
  size: size_schema,
});

/** Readable, and the same for the same cell: so it is in the queue once. A colon is not allowed in it. */
export const jobId = ({ backend, workload, strategy, isolation, settings }: CellName): string =>
  [backend, workload, strategy, isolation?.replace(" ", "-"), settings].filter(Boolean).join("/");

/** Where the history of a job's load is. */
export type KeptHistory =
  /** In Redis under this key, compressed. */
  | { readonly at: "queue"; readonly key: string }
  /** It is too large for that: still on its worker's machine. */
  | { readonly at: "worker"; readonly machine: string; readonly path: string };

export interface JobResult {
  /** The machine and the process. */
  readonly worker: string;
  readonly made_by: MadeBy;
  readonly result: CellResult;
  readonly history?: KeptHistory | undefined;
}

export const job_result_schema: z.ZodType<JobResult> = z.strictObject({
  worker: z.string(),
  made_by: made_by_schema,
  result: cell_result_schema,
  history: z
    .discriminatedUnion("at", [
      z.strictObject({ at: z.literal("queue"), key: z.string() }),
      z.strictObject({ at: z.literal("worker"), machine: z.string(), path: z.string() }),
    ])
    .optional(),
});
