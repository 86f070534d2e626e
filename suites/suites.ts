/** All workloads, in the order of the matrix. A new workload is added here, and nowhere else. */
import type { Suite } from "../matrix/suite.ts";
import { bank } from "./bank/index.ts";
import { counter } from "./counter/index.ts";
import { uniqueIds } from "./unique-ids/index.ts";

export const suites: readonly Suite[] = [counter, uniqueIds, bank];
