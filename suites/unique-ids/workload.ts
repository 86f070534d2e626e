import { uniqueIdsChecker } from "../../checkers/unique.ts";
import type { Workload } from "../../matrix/workload.ts";

const generate = { f: "generate", input: null } as const;

/** Numbers of which no two are the same. Gaps are allowed: a number is used up by the attempt, not by the commit. */
export const generating: Workload<null> = {
  name: "unique-ids",
  scheduled: generate,
  nextOperation: () => generate,
  initial: 0,
  checkers: [uniqueIdsChecker],
  anomalies: ["same number twice"],
  classify: ([unique]) => (unique?.verdict === "invalid" ? "same number twice" : undefined),
  columns: { duplicates: "duplicates" },
  forgotten: "same number twice",
  usual: ["sequence", "auto-increment", "incr", "add"],
  forgettable: [],
};
