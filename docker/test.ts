/**
 * `npm run test:docker`: the tests on containers of the official images, or of stand-ins where no registry
 * can be reached. Without Docker the tests do not run, and that is not a success.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { getImage, noDocker } from "../servers/containers/docker.ts";
import { type Imaged, imageOf, images } from "../servers/images.ts";
import type { Errand, ProgressEvent } from "../servers/progress.ts";
import { ServerUnavailable } from "../servers/unavailable.ts";
import { useStandIns } from "./build-offline.ts";

let last = "";
const progress = ({ what }: ProgressEvent): void => {
  if (what !== last) console.error(what);
  last = what;
};
const errand: Errand = { progress, signal: undefined };

async function main(): Promise<number> {
  const missing = await noDocker();
  if (missing !== undefined) {
    throw new ServerUnavailable(`The tests on containers have not run: ${missing}.`);
  }
  const not_pulled = await notPulled();
  if (not_pulled.length > 0) await useStandIns(not_pulled, errand);
  const kinds = Object.keys(images) as Imaged[];
  for (const kind of kinds) console.error(`${kind}: ${imageOf(kind)}`);
  const argv = ["vitest", "run", "--config", "vitest.docker.config.ts", ...process.argv.slice(2)];
  // In stand-ins are the programs that run as local servers: the contract of the backends has met these in `npm test`.
  if (not_pulled.length === kinds.length && process.argv.length === 2) argv.push("tests/docker");
  const tests = spawn("npx", argv, { stdio: "inherit" });
  const [code] = (await once(tests, "exit")) as [number | null];
  return code ?? 1;
}

/** Pulls the images. After one that cannot be pulled, no other is tried: it would take as long, and fail as well. */
async function notPulled(): Promise<Imaged[]> {
  const kinds = Object.keys(images) as Imaged[];
  for (const [i, kind] of kinds.entries()) {
    try {
      await getImage(imageOf(kind), progress);
    } catch (error) {
      if (!(error instanceof ServerUnavailable)) throw error;
      console.error(`${error.message} Stand-ins take its place.`);
      return kinds.slice(i);
    }
  }
  return [];
}

process.exitCode = await main().catch((error: unknown) => {
  if (!(error instanceof ServerUnavailable)) throw error;
  console.error(error.message);
  return 2;
});
