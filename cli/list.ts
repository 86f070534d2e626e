import Table from "cli-table3";
import { Command } from "commander";
import { CannotConnect } from "../backends/cannot-connect.ts";
import { findLeftovers } from "../backends/leftovers.ts";
import { type BackendEntry, backends } from "../matrix/backends.ts";
import { strategyNames } from "../matrix/open-backend.ts";
import type { Suite } from "../matrix/suite.ts";
import { leftoverText } from "../reports/leftovers.ts";
import { leftHere } from "../servers/leftovers.ts";
import { type Server, server_kinds } from "../servers/server.ts";
import { whereFrom } from "../servers/where.ts";
import { suites } from "../suites/suites.ts";
import { collect } from "./collect.ts";
import { givenServers } from "./given-servers.ts";
import { installIt, missingPackage } from "./missing-package.ts";

/** `raceproof list`: backends, strategies, and where each server would come from. */
export function listCommand(): Command {
  return new Command("list")
    .description("backends, workloads with their strategies, and where each server would come from")
    .option("--server <kind=URL>", "also what runs have left at this one", collect, [])
    .action(async (flags: { server: string[] }) => {
      const style = { head: [], border: [], compact: true };
      const servers = new Table({ head: ["server", "version", "comes from"], style });
      for (const kind of server_kinds) {
        const { origin, version, available, advice } = await whereFrom(kind);
        servers.push([kind, version ?? "", available ? origin : `cannot be had: ${advice}`]);
      }
      console.log(servers.toString());
      for (const leftover of await leftHere().catch(() => []))
        console.log(`this machine: ${leftoverText(leftover)}`);
      for (const server of givenServers(flags.server)) await listLeftovers(server);
      for (const backend of backends) {
        const by_name = backend.only_by_name
          ? ` (only with --backend ${backend.name}, or --backend all)`
          : "";
        console.log(`\n${backend.name}${by_name}`);
        for (const suite of suites) {
          const lines = await linesOf(suite, backend);
          if (lines.length > 0)
            console.log(`  ${suite.workload.name}\n    ${lines.join("\n    ")}`);
        }
      }
    });
}

/** Prints what runs have left at a server that is someone else's: all that bears the mark of a run. */
async function listLeftovers(server: Server): Promise<void> {
  try {
    await using found = await findLeftovers(server);
    for (const leftover of found.leftovers)
      console.log(`${server.origin}: ${leftoverText(leftover)}`);
  } catch (error) {
    const name = missingPackage(error);
    if (name === undefined && !(error instanceof CannotConnect)) throw error;
    console.log(
      `${server.origin}: ${name === undefined ? (error as Error).message : installIt(name)}`,
    );
  }
}

/** The strategies of a workload on a backend, or the sentence that says which driver they need. */
async function linesOf(suite: Suite, backend: BackendEntry): Promise<string[]> {
  try {
    return await strategyNames(suite, backend);
  } catch (error) {
    const name = missingPackage(error);
    if (name === undefined) throw error;
    return [installIt(name)];
  }
}
