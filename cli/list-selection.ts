/** `raceproof run --list`: what a run with these options would run, a line each. */
import { strategyNames } from "../matrix/open-backend.ts";
import { short_level } from "../reports/matrix.ts";
import { installIt, missingPackage } from "./missing-package.ts";
import type { Selection } from "./select.ts";

/** A line for each strategy: its cells differ only in their level. */
export async function listSelection(selection: Selection): Promise<void> {
  const { backends, suites, includes, isolations } = selection;
  let count = 0;
  for (const backend of backends) {
    for (const suite of suites) {
      const { name: workload } = suite.workload;
      try {
        const names = await strategyNames(suite, backend);
        const wanted = names.filter((name) => includes(workload, name));
        for (const name of wanted) console.log(`${backend.name} ${workload} ${name}`);
        count += wanted.length;
      } catch (error) {
        const missing = missingPackage(error);
        if (missing === undefined) throw error;
        console.log(`${backend.name} ${workload}: ${installIt(missing)}`);
      }
    }
  }
  const levels = [...isolations].map((level) => short_level[level]).join(", ");
  const what = count === 1 ? "1 strategy, at" : `${count} strategies, each at`;
  console.log(`${what} those of these levels that its server has: ${levels}`);
}
