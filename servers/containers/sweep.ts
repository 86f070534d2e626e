/**
 * Removes the containers of runs that are over, whose keepers were killed, too (by the OOM killer, say). The label of a
 * container has the mark of its run.
 */
import { readMark } from "../../owners/run-mark.ts";
import { docker } from "./docker.ts";
import { label } from "./keeper.ts";

/** @returns the names of those that were removed. @throws Error with the last line that docker says */
export async function sweepContainers(): Promise<string[]> {
  const format = `{{.Names}}\t{{.Label "${label}"}}`;
  const lines = (
    await docker(["ps", "-a", "--filter", `label=${label}`, "--format", format])
  ).split("\n");
  const left = lines
    .map((line) => line.split("\t"))
    // Before a reboot may also mean on another machine with the same names, if the daemon is far away.
    .filter(([, run = ""]) => readMark(run)?.state === "over")
    .map(([name]) => name!);
  if (left.length > 0) await docker(["rm", "-f", "-v", ...left]);
  return left;
}
