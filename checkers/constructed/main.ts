import { parseArgs } from "node:util";
import { Campaign } from "./campaign.ts";
import { kinds } from "./kinds.ts";

/**
 * `npm run constructed -- --histories 1000000 --seed 7`: judges that many made-up histories whose verdicts are
 * certain, half of them valid, half not, of every model. Exit 1 on a wrong verdict.
 * `--from` is the first round, so that a run can go on where another one stopped, or one round be run again.
 * `--least` and `--most` are the numbers of operations in the smallest and the largest ones, `--kinds` selects some
 * of the models. What takes longer than `--timeout-ms` counts as unknown: hundreds of others can be judged in that time.
 */
const { values } = parseArgs({
  options: {
    histories: { type: "string", default: "10000" },
    from: { type: "string", default: "0" },
    seed: { type: "string", default: String(Math.floor(Math.random() * 2 ** 31)) },
    least: { type: "string", default: "5" },
    most: { type: "string", default: "4000" },
    "timeout-ms": { type: "string", default: "100" },
    kinds: { type: "string", default: Object.keys(kinds).join() },
  },
});
const from = Number(values.from);
const end = from + Number(values.histories);
const campaign = new Campaign(
  values.kinds.split(","),
  Number(values.seed),
  { least: Number(values.least), most: Number(values.most) },
  Number(values["timeout-ms"]),
);
const start = performance.now();
let told_at = start;
let wrong_told = 0;
console.log(`seed ${values.seed}`);
for (let round = from; round < end; round++) {
  campaign.round(round);
  // At once: stopping a long run must not lose what it found.
  for (const line of campaign.wrong.slice(wrong_told)) console.log(`WRONG ${line}`);
  wrong_told = campaign.wrong.length;
  if (performance.now() - told_at < 60_000) continue;
  told_at = performance.now();
  const took_s = Math.round((told_at - start) / 1_000);
  console.log(`rounds ${from} to ${round} of ${end}: ${wrong_told} wrong, ${took_s} s`);
}
campaign.print();
process.exitCode = campaign.wrong.length === 0 ? 0 : 1;
