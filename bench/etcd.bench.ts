import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { register } from "../checkers/models/register.ts";
import { toProblem } from "../checkers/search/problem.ts";
import { search } from "../checkers/search/search.ts";
import type { Operation } from "../histories/event.ts";
import { readHistory } from "../histories/read-history.ts";

/**
 * Judges all register logs in the folder RACEPROOF_CORPUS/etcd and adds up their median times: one thread, after
 * warm-up, from the operations in memory to the verdict.
 */
export default async function bench(): Promise<void> {
  const folder = join(process.env["RACEPROOF_CORPUS"] ?? "", "etcd");
  if (process.env["RACEPROOF_CORPUS"] === undefined || !existsSync(folder)) {
    console.log("  not run: RACEPROOF_CORPUS names no folder with etcd logs in it");
    return;
  }
  const histories: (readonly Operation[])[] = [];
  for (const name of readdirSync(folder))
    histories.push((await readHistory(join(folder, name))).operations);
  const model = register();
  for (let round = 0; round < 3; round++)
    for (const operations of histories) search(toProblem(operations, model), model);
  let sum_ms = 0;
  for (const operations of histories) {
    const times = Array.from({ length: 7 }, () => {
      const start = performance.now();
      search(toProblem(operations, model), model);
      return performance.now() - start;
    });
    sum_ms += times.sort((a, b) => a - b)[3]!;
  }
  console.log(`  ${histories.length} logs: ${sum_ms.toFixed(1)} ms (limit 40)`);
}
