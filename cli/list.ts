import Table from "cli-table3";
import { Command } from "commander";
import { server_kinds } from "../servers/server.ts";
import { whereFrom } from "../servers/where.ts";
import { suites } from "../suites/counter/suites.ts";
import { installIt, missingPackage } from "./missing-package.ts";

/** `raceproof list`: backends, strategies, checkers, and where each server would come from. */
export function listCommand(): Command {
  return new Command("list")
    .description("backends, their strategies, and where each server would come from")
    .action(async () => {
      const style = { head: [], border: [], compact: true };
      const servers = new Table({ head: ["server", "version", "comes from"], style });
      for (const kind of server_kinds) {
        const { origin, version, available, advice } = await whereFrom(kind);
        servers.push([kind, version ?? "", available ? origin : `cannot be had: ${advice}`]);
      }
      console.log(servers.toString());
      for (const suite of suites) {
        const by_name = suite.only_by_name
          ? ` (only with --backend ${suite.backend}, or --backend all)`
          : "";
        console.log(`\n${suite.backend}${by_name}\n  ${(await strategiesOf(suite)).join("\n  ")}`);
      }
    });
}

/** The strategies of a suite, or the sentence that says which driver they need. */
async function strategiesOf(suite: {
  names(): Promise<readonly string[]>;
}): Promise<readonly string[]> {
  try {
    return await suite.names();
  } catch (error) {
    const name = missingPackage(error);
    if (name === undefined) throw error;
    return [installIt(name)];
  }
}
