import { readdirSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/**
 * `npm run bench [-- NAME…]`: runs every `bench/*.bench.ts` whose name contains one of the words.
 * Each has a default function that prints its own figures.
 */
const words = process.argv.slice(2);
const [cpu] = cpus();
console.log(
  `${cpu?.model.trim()} × ${cpus().length}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${process.platform}`,
);
for (const file of readdirSync(import.meta.dirname).filter((name) => name.endsWith(".bench.ts"))) {
  const name = file.replace(".bench.ts", "");
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  console.log(`\n${name}`);
  const { default: bench } = (await import(`./${file}`)) as { default: () => Promise<void> };
  await bench();
}
