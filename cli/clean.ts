import { Command } from "commander";
import { sweep } from "../backends/leftovers.ts";
import { leftoverText } from "../reports/leftovers.ts";
import type { Server } from "../servers/server.ts";
import { BadUsage } from "./bad-usage.ts";
import { collect } from "./collect.ts";
import { givenServers } from "./given-servers.ts";

/** `raceproof clean`: removes what finished runs have left; exit code 2 when something cannot be removed. */
export function cleanCommand(): Command {
  return new Command("clean")
    .description("remove what killed runs of yours have left at servers given by URL")
    .option("--server <kind=URL>", "as for run; those in the environment, too", collect, [])
    .action(async (flags: { server: string[] }) => {
      const servers = givenServers(flags.server);
      if (servers.length === 0)
        throw new BadUsage("clean needs the URL of a server: --server postgres=URL, for example.");
      for (const server of servers) await clean(server);
    });
}

async function clean(server: Server): Promise<void> {
  const { removed, refused, left } = await sweep(server, true);
  for (const one of removed) console.log(`${server.origin}: removed ${leftoverText(one)}`);
  for (const { leftover, why } of refused) {
    console.log(`${server.origin}: cannot remove ${leftoverText(leftover)}: ${why}`);
    process.exitCode = 2;
  }
  for (const one of left) console.log(`${server.origin}: stays: ${leftoverText(one)}`);
  if (removed.length + refused.length + left.length === 0)
    console.log(`${server.origin}: nothing is left there.`);
}
