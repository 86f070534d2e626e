/** Which flags of `raceproof run` go with a queue. A flag that would do nothing is refused. */
import { isName } from "../campaign/queue/keys.ts";
import { BadUsage } from "./bad-usage.ts";
import type { ReporterFlags } from "./reporters.ts";

export interface QueueFlags extends ReporterFlags {
  readonly out: string;
  readonly queue?: string;
  readonly name?: string;
  readonly attach?: string;
  readonly purge?: true;
}

const only_with_queue = ["--name", "--attach", "--purge", "--job-schedules"];
const not_with_queue = ["--shard", "--times", "--resume"];
/** The campaign itself says all else. */
const with_attach = new Set([
  ...["--queue", "--attach", "--purge", "--out", "--reporter", "--verbose", "--json"],
]);

/**
 * @param given the flags on the command line
 * @throws BadUsage for flags that do not go together
 */
export function mustFitQueue(flags: QueueFlags, given: readonly string[]): void {
  const { queue, name, attach } = flags;
  if (queue === undefined) {
    const alone = given.find((flag) => only_with_queue.includes(flag));
    if (alone !== undefined) throw new BadUsage(`${alone} needs --queue redis://host.`);
    return;
  }
  const named = attach ?? name;
  if (named === undefined)
    throw new BadUsage("--queue needs a name for the campaign: --name nightly, for example.");
  if (!isName(named))
    throw new BadUsage(`A campaign's name has letters, digits, ".", "_" and "-"; not "${named}".`);
  if (given.includes("--server"))
    throw new BadUsage(
      "With --queue the workers have the servers: give --server to raceproof work.",
    );
  const unfit = given.find((flag) => not_with_queue.includes(flag));
  if (unfit !== undefined) throw new BadUsage(`${unfit} does not go with --queue.`);
  if (attach === undefined) {
    if (flags.purge)
      throw new BadUsage("--purge removes a campaign that is there: name it with --attach.");
    return;
  }
  const decided = given.find((flag) => !with_attach.has(flag));
  if (decided !== undefined)
    throw new BadUsage(
      `${decided} does not go with --attach: what campaign ${attach} runs was said when it was made.`,
    );
}
