import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readHistory } from "../histories/read-history.ts";
import { checkerFor } from "./select.ts";

/**
 * `node --import tsx checkers/corpus.ts FOLDER`: judges recorded histories with known verdicts. The folder's
 * VERDICTS.tsv has a line for each: file, format, model ("register (starts at 0)") and verdict.
 * Exit 1 when a verdict differs. It asks the checkers themselves, which call a history without any completed
 * operation valid (`raceproof check` says that it has no verdict).
 */
const folder = process.argv[2];
if (folder === undefined) throw new Error("Which folder? It needs a VERDICTS.tsv.");
const rows = readFileSync(join(folder, "VERDICTS.tsv"), "utf8").trim().split("\n").slice(1);
let wrong = 0;
for (const row of rows) {
  const [file = "", , description = "", expected] = row.split("\t");
  const [model = ""] = description.split(" ");
  const checker = checkerFor(model, description.includes("starts at 0") ? { initial: 0 } : {});
  const history = await readHistory(join(folder, file));
  const { verdict, reason } = await checker.check(history, { timeoutMs: 60_000 });
  if (verdict === expected) continue;
  wrong++;
  console.log(`${file}: ${verdict}, not ${expected}. ${reason}`);
}
console.log(`corpus: ${rows.length - wrong} of ${rows.length} verdicts right`);
process.exitCode = wrong === 0 && rows.length > 0 ? 0 : 1;
