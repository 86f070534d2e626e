/** What a branch of a search must look like that comes from the queue. */
import { z } from "zod";
import type { Branch } from "../../schedules/search/branch.ts";

const number = z.int().nonnegative();

export const branch_schema: z.ZodType<Branch> = z.strictObject({
  choices: z.array(number),
  candidates: z.array(number),
  asleep: z.array(
    z.strictObject({
      client: z.int().positive(),
      kind: z.enum(["begin", "read", "lock", "write", "commit", "rollback", "other"]),
      catalog: z.enum(["nothing", "reads", "may change"]).optional(),
      database: z.string().optional(),
      free: z.boolean(),
      entangled: z.boolean(),
      reads_clock: z.boolean(),
      begins: z.boolean(),
      returns: z.boolean(),
    }),
  ),
});
