/** What killed runs have left on this machine: folders of local servers, with their processes, and containers. */
import type { Leftover } from "../backends/leftover.ts";
import { noDocker } from "./containers/docker.ts";
import { containersLeft } from "./containers/sweep.ts";
import { homesLeft } from "./ledger.ts";

/** All of them, also those of runs that go on; no containers where no Docker answers. */
export async function leftHere(): Promise<readonly Leftover[]> {
  const homes = await homesLeft();
  return (await noDocker()) === undefined ? [...homes, ...(await containersLeft())] : homes;
}
