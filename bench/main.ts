import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/**
 * `npm run bench [-- NAME…]`: runs every `bench/*.bench.ts` whose name contains one of the words.
 * Each has a default function that prints its own figures, and runs in a process of its own.
 */
const words = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".bench.ts"))
  .filter((name) => words.length === 0 || words.some((word) => name.includes(word)));
if (files.length === 0) {
  console.error(`No benchmark is named like ${words.join(" or ")}: see bench/*.bench.ts.`);
  process.exitCode = 2;
} else if (files.length === 1) {
  const [cpu] = cpus();
  console.log(
    `${files[0]!.replace(".bench.ts", "")}, on ${cpu?.model.trim()} × ${cpus().length}, ` +
      `${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.version}, ${process.platform}`,
  );
  const { default: bench } = (await import(`./${files[0]}`)) as { default: () => Promise<void> };
  await bench();
} else
  for (const file of files) {
    const { status } = spawnSync(
      process.execPath,
      [...process.execArgv, import.meta.filename, file],
      { stdio: "inherit" },
    );
    if (status !== 0) process.exitCode = 1;
  }
