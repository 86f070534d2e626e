/** Where the command is compiled for the tests that start it: a folder of this run's own, empty at first. */
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    compiled: string;
  }
}

/** @returns a function that removes it again */
export default async function compiledFolder(project: TestProject): Promise<() => Promise<void>> {
  const cache = resolve("node_modules/.cache");
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(`${cache}/raceproof-compiled-`);
  // It says that these are ECMAScript modules.
  await copyFile("package.json", `${folder}/package.json`);
  project.provide("compiled", folder);
  return () => rm(folder, { recursive: true });
}
