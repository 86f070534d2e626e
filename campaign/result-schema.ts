/**
 * What a result must look like that another machine has made: it is checked before anything is done with it. What only
 * the page draws is checked no further than that it is there.
 */
import { z } from "zod";
import type { CellResult, ExploreResult } from "../matrix/result.ts";
import type { Results } from "../reports/summary.ts";
import type { CellName } from "./cell-name.ts";
import type { MadeBy } from "./part.ts";

const isolation = z.enum(["READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"]);
const settings = z.enum(["durable", "fast"]);
const codes = z.record(z.string(), z.number());
const words = z.array(z.string());

export const cell_name_schema: z.ZodType<CellName> = z.strictObject({
  workload: z.string(),
  backend: z.string(),
  strategy: z.string(),
  isolation: isolation.nullable(),
  settings: settings.nullable(),
});

const trace = z.looseObject({
  choices: z.array(z.number()),
  steps: z.array(
    z.looseObject({ client: z.number(), kind: z.string(), statement: z.string().optional() }),
  ),
  results: z.array(z.looseObject({ client: z.number(), status: z.string() })),
  ending: z.looseObject({ kind: z.string() }),
});

const explored_shape = z.looseObject({
  clients: z.number(),
  schedules: z.number(),
  pruned: z.number(),
  complete: z.boolean(),
  outcomes: codes,
  failed: codes,
  failure: z
    .looseObject({ kind: z.string(), token: z.string(), found: trace, smallest: trace })
    .optional(),
  example: trace.optional(),
});

const load = z.looseObject({
  history: z.string(),
  expected: z.number(),
  acknowledged: z.number(),
  figures: codes,
  failed: codes,
  unknown: codes,
  overlapping: z.number(),
  verdict: z.looseObject({
    verdict: z.enum(["valid", "invalid", "unknown"]),
    reason: z.string(),
  }),
  elapsed_s: z.number(),
  operations_per_s: z.number(),
});

const cell_shape = z.looseObject({
  workload: z.string(),
  backend: z.string(),
  server: z.string(),
  strategy: z.string(),
  isolation: isolation.nullable(),
  declared: z.looseObject({
    shows: words.optional(),
    fails: words.optional(),
    under_load: words.optional(),
  }),
  explored: z
    .looseObject({
      two: explored_shape,
      three: explored_shape.optional(),
      reply_lost: explored_shape.optional(),
      lock_lost: explored_shape.optional(),
    })
    .optional(),
  load: load.optional(),
  settings: settings.optional(),
  conclusion: z.enum(["as declared", "different", "no verdict"]),
  remarks: words,
});

/** Of a part of a search. */
export const explored_schema: z.ZodType<ExploreResult> =
  // oxlint-disable-next-line no-unsafe-type-assertion -- as below
  explored_shape as unknown as z.ZodType<ExploreResult>;

export const made_by_schema: z.ZodType<MadeBy> = z.strictObject({
  raceproof: z.string(),
  node: z.string(),
});

const results = z.looseObject({
  seed: z.number(),
  clients: z.number(),
  operations: z.number(),
  elapsed_s: z.number(),
  interrupted: z.boolean(),
  cells: z.array(cell_shape),
  not_run: z.array(
    z.looseObject({
      backend: z.string(),
      state: z.enum(["not run", "broken off", "not cleaned up"]),
      reason: z.string(),
    }),
  ),
  not_begun: z.number().optional(),
  made_by: made_by_schema.optional(),
  shard: z
    .strictObject({
      number: z.int().positive(),
      of: z.int().positive(),
      run: z.record(z.string(), z.union([z.string(), z.number()])),
      whole: z.array(z.array(cell_name_schema)),
    })
    .optional(),
});

/** @throws z.ZodError when it is no result of a run */
export const readResults = (value: unknown): Results =>
  // oxlint-disable-next-line no-unsafe-type-assertion -- deeper than this, only the page looks, and it draws what is there
  results.parse(value) as unknown as Results;

/** Of one cell. */
export const cell_result_schema: z.ZodType<CellResult> =
  // oxlint-disable-next-line no-unsafe-type-assertion -- as above
  cell_shape as unknown as z.ZodType<CellResult>;
