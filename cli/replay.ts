import { Command } from "commander";
import type { Cell } from "../matrix/cell.ts";
import { drawInterleaving } from "../reports/interleaving.ts";
import { StatusLine } from "../reports/status-line.ts";
import { BadToken, type Replay, readToken } from "../schedules/token.ts";
import { suites } from "../suites/counter/suites.ts";
import { BadUsage } from "./bad-usage.ts";
import { interruption } from "./interruption.ts";
import { serverSources } from "./select.ts";
import { startServers } from "./start-servers.ts";

const collect = (value: string, before: string[]): string[] => [...before, value];

/** `raceproof replay TOKEN`: exit code 0 = the same happened, 1 = something else, 2 = it cannot be run. */
export function replayCommand(): Command {
  return new Command("replay")
    .description("run one schedule again, step by step, and say whether the same thing happened")
    .argument("<token>", "as printed under a failing interleaving")
    .option("--server <kind=where>", "as for run", collect, [])
    .action(replay);
}

async function replay(text: string, flags: { server: string[] }): Promise<void> {
  const token = parse(text);
  const suite = suites.find(({ backend }) => backend === token.backend);
  if (suite === undefined || !(await suite.names()).includes(token.program))
    throw new BadUsage(
      `this version has no strategy ${token.program} on ${token.backend}; a token of a test of your own is replayed with RACEPROOF_REPLAY=TOKEN in front of your test command.`,
    );
  using interrupted = interruption();
  const status = new StatusLine();
  const sources = serverSources(flags.server);
  await using started = startServers(suite.servers, sources, status, interrupted.signal);
  const servers = Object.fromEntries(
    await Promise.all([...started.ready].map(async ([kind, ready]) => [kind, await ready])),
  );
  await using open = await suite.open(servers);
  status.clear();
  const cell = open.cells.find((cell) => isOf(cell, token));
  if (cell === undefined)
    throw new BadUsage(`${token.program} does not run at ${token.isolation} on ${token.backend}.`);
  const { same, warning, trace, failure } = await cell.replay(token);
  if (warning !== undefined) console.log(`Warning: ${warning}\n`);
  console.log(`${drawInterleaving(trace)}\n`);
  console.log(failure ? `${failure.kind}: ${failure.message}` : "Nothing is wrong this time.");
  console.log(same ? "The same happened, step by step." : "Something different happened.");
  process.exitCode = same ? 0 : 1;
}

const isOf = (cell: Cell, token: Replay): boolean =>
  cell.strategy === token.program && cell.isolation === token.isolation;

function parse(text: string): Replay {
  try {
    return readToken(text);
  } catch (error) {
    if (error instanceof BadToken) throw new BadUsage(error.message);
    throw error;
  }
}
