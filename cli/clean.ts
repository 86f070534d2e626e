import { Command } from "commander";
import type { Leftover } from "../backends/leftover.ts";
import { removeThose, type Swept, sweep } from "../backends/leftovers.ts";
import { leftoverText } from "../reports/leftovers.ts";
import { leftHere } from "../servers/leftovers.ts";
import { collect } from "./collect.ts";
import { givenServers } from "./given-servers.ts";

/** `raceproof clean`: removes what finished runs have left; exit code 2 when something cannot be removed. */
export function cleanCommand(): Command {
  return new Command("clean")
    .description("remove what killed runs of yours have left: here, and at servers given by URL")
    .option("--server <kind=URL>", "as for run; those in the environment, too", collect, [])
    .action(async (flags: { server: string[] }) => {
      const servers = givenServers(flags.server);
      tell("this machine", await removeThose(await leftHere(), isOver));
      for (const server of servers) tell(server.origin, await sweep(server, true));
    });
}

const isOver = ({ mark: { state }, is_here }: Leftover): boolean =>
  state === "over" || (state === "over by restart" && is_here === true);

function tell(where: string, { removed, refused, left }: Swept): void {
  for (const one of removed) console.log(`${where}: removed ${leftoverText(one)}`);
  for (const { leftover, why } of refused) {
    console.log(`${where}: cannot remove ${leftoverText(leftover)}: ${why}`);
    process.exitCode = 2;
  }
  for (const one of left) console.log(`${where}: stays: ${leftoverText(one)}`);
  if (removed.length + refused.length + left.length === 0)
    console.log(`${where}: nothing is left there.`);
}
