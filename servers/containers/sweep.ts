/**
 * The containers of runs that are over, whose keepers were killed, too (by the OOM killer, say). The label of a
 * container has the mark of its run.
 */
import type { Leftover } from "../../backends/leftover.ts";
import { readMark } from "../../owners/run-mark.ts";
import { docker } from "./docker.ts";
import { label } from "./keeper.ts";

/**
 * All containers of runs, also of those that go on.
 * @throws Error with the last line that docker says
 */
export async function containersLeft(): Promise<Leftover[]> {
  const format = `{{.Names}}\t{{.Label "${label}"}}`;
  const lines = await docker(["ps", "-a", "--filter", `label=${label}`, "--format", format]);
  return lines.split("\n").flatMap((line) => {
    const [name, run = ""] = line.split("\t");
    const mark = readMark(run);
    if (mark === undefined) return [];
    const remove = async (): Promise<void> => void (await docker(["rm", "-f", "-v", name!]));
    return [{ what: `container ${name}`, mark, remove }];
  });
}

/** @returns those that were removed. @throws Error with the last line that docker says */
export async function sweepContainers(): Promise<readonly Leftover[]> {
  // Before a reboot may also mean on another machine with the same names, if the daemon is far away.
  const left = (await containersLeft()).filter(({ mark }) => mark.state === "over");
  await Promise.all(left.map((one) => one.remove()));
  return left;
}
