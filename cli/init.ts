import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { BadUsage } from "./bad-usage.ts";
import { exampleFor } from "./init/example.ts";
import { driversOf, isKnown, type Manifest, runnerOf } from "./init/project.ts";

/** `raceproof init`: writes one example test that runs, for the driver and the test runner of this project. */
export function initCommand(): Command {
  return new Command("init")
    .description("write an example test for the driver and the test runner in package.json")
    .action(async () => {
      const manifest = await manifestHere();
      const prisma_schema = await readFile("prisma/schema.prisma", "utf8").catch(() => "");
      const [driver] = driversOf(manifest, prisma_schema);
      if (driver === undefined)
        throw new BadUsage(
          "package.json names no driver that an example could use: npm i pg (or postgres, mysql2, ioredis, redis, @aws-sdk/client-dynamodb).",
        );
      const runner = runnerOf(manifest);
      const is_esm = manifest.type === "module" || runner.compiles;
      const folder = ["test", "tests", "__tests__"].find((name) => existsSync(name)) ?? ".";
      const file = join(folder, is_esm ? "race.test.js" : "race.test.mjs");
      const missing = [...driver.needs, ...runner.needs].filter((name) => !isKnown(manifest, name));
      try {
        await writeFile(file, exampleFor(driver, runner), { flag: "wx" });
      } catch (error) {
        const is_there = (error as NodeJS.ErrnoException).code === "EEXIST";
        throw new BadUsage(
          is_there
            ? `${file} is there already; it is left as it is.`
            : `cannot write ${file} (${(error as Error).message}).`,
        );
      }
      console.log(`Wrote ${file}: a race that is found, and its repair that is proved.`);
      if (missing.length > 0) console.log(`It needs: npm i -D ${missing.join(" ")}`);
      console.log(`Run it: ${runner.command(file)}`);
    });
}

/** @throws BadUsage when there is none */
async function manifestHere(): Promise<Manifest> {
  try {
    return JSON.parse(await readFile("package.json", "utf8")) as Manifest;
  } catch (error) {
    const is_missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new BadUsage(
      is_missing
        ? "there is no package.json here: run it in the folder of your project (npm init -y makes one)."
        : "package.json cannot be read as JSON.",
    );
  }
}
