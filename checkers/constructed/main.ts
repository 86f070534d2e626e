import { parseArgs } from "node:util";
import { Campaign } from "./campaign.ts";
import { kinds } from "./kinds.ts";

/**
 * `npm run constructed -- --histories 1000000 --seed 7`: judges that many made-up histories whose verdicts are
 * certain, half of them valid, half not, of every model. Exit 1 on a wrong verdict.
 * `--most` is the number of operations in the largest ones, `--kinds` selects some of the models.
 */
const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "10000" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    most: { type: "string", default: "4000" },
    kinds: { type: "string", default: Object.keys(kinds).join() },
  },
});
const histories = Number(values.histories);
/** A history that takes longer counts as unknown: hundreds of others can be judged in that time. */
const timeout_ms = 100;
const campaign = new Campaign(
  values.kinds.split(","),
  Number(values.seed),
  Number(values.most),
  timeout_ms,
);
const start = performance.now();
let told_at = start;
let wrong_told = 0;
console.log(`seed ${values.seed}`);
for (let round = 0; round < histories; round++) {
  campaign.round(round);
  // At once: stopping a long run must not lose what it found.
  for (const line of campaign.wrong.slice(wrong_told)) console.log(`WRONG ${line}`);
  wrong_told = campaign.wrong.length;
  if (performance.now() - told_at < 60_000) continue;
  told_at = performance.now();
  const took_s = Math.round((told_at - start) / 1_000);
  console.log(`${round + 1} of ${histories}, ${wrong_told} wrong, ${took_s} s`);
}
campaign.print();
process.exitCode = campaign.wrong.length === 0 ? 0 : 1;
