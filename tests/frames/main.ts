import { parseArgs } from "node:util";
import { campaign } from "./campaign.ts";
import { protocols } from "./protocols.ts";
import { anySeed } from "./speech.ts";

/**
 * `npm run frames -- --frames 1000000 --seed 7`: sends that many random frames of each protocol through a door, half of
 * the connections garbled, and compares both ends. Exit 1 if a byte was changed, or something hung or crashed.
 * `--protocols` selects some of them.
 */
const { values } = parseArgs({
  options: {
    frames: { type: "string", default: "100000" },
    seed: { type: "string", default: String(anySeed()) },
    protocols: { type: "string", default: Object.keys(protocols).join() },
  },
});
console.log(`seed ${values.seed}`);
for (const name of values.protocols.split(",")) {
  const speech = protocols[name];
  if (speech === undefined) {
    console.error(`There is no protocol ${name}: there are ${Object.keys(protocols).join(", ")}.`);
    process.exitCode = 2;
    break;
  }
  const start = performance.now();
  const { frames, connections, garbled, bytes, wrong } = await campaign(speech, {
    frames: Number(values.frames),
    seed: Number(values.seed),
  });
  const took_s = Math.round((performance.now() - start) / 1_000);
  console.log(
    `${name.padEnd(9)} ${frames} frames, ${connections} connections (${garbled} garbled), ` +
      `${(bytes / 1e6).toFixed(1)} MB, ${wrong.length} wrong, ${took_s} s`,
  );
  for (const line of wrong.slice(0, 10)) console.log(`  WRONG ${line}`);
  if (wrong.length > 0) process.exitCode = 1;
}
