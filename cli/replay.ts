import { Command } from "commander";
import { type BackendEntry, backends } from "../matrix/backends.ts";
import { openBackend, strategyNames } from "../matrix/open-backend.ts";
import type { Suite } from "../matrix/suite.ts";
import { fullName } from "../matrix/workload.ts";
import { drawInterleaving } from "../reports/interleaving.ts";
import { StatusLine } from "../reports/status-line.ts";
import { BadToken, type Replay, readToken } from "../schedules/token.ts";
import { suites } from "../suites/suites.ts";
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
  const { backend, suite, strategy } = await find(token);
  using interrupted = interruption();
  const status = new StatusLine();
  const sources = serverSources(flags.server);
  await using started = startServers(backend.servers, sources, status, interrupted.signal);
  const servers = Object.fromEntries(
    await Promise.all([...started.ready].map(async ([kind, ready]) => [kind, await ready])),
  );
  await using open = await openBackend(backend, servers, [suite]);
  status.clear();
  const cell = open.cells.find(
    (cell) => cell.strategy === strategy && cell.isolation === token.isolation,
  );
  if (cell === undefined)
    throw new BadUsage(`${token.program} does not run at ${token.isolation} on ${token.backend}.`);
  const { same, warning, trace, failure } = await cell.replay(token);
  if (warning !== undefined) console.log(`Warning: ${warning}\n`);
  console.log(`${drawInterleaving(trace)}\n`);
  console.log(failure ? `${failure.kind}: ${failure.message}` : "Nothing is wrong this time.");
  console.log(same ? "The same happened, step by step." : "Something different happened.");
  process.exitCode = same ? 0 : 1;
}

/** What of the matrix a token is about. @throws BadUsage when this version has no such thing */
async function find({ program, backend: name }: Replay): Promise<{
  readonly backend: BackendEntry;
  readonly suite: Suite;
  readonly strategy: string;
}> {
  const backend = backends.find((backend) => [backend.name, ...(backend.or ?? [])].includes(name));
  for (const suite of backend ? suites : []) {
    const strategies = await strategyNames(suite, { name });
    const strategy = strategies.find((name) => fullName(suite.workload, { name }) === program);
    if (backend && strategy !== undefined) return { backend, suite, strategy };
  }
  throw new BadUsage(
    `this version has no strategy ${program} on ${name}; a token of a test of your own is replayed with RACEPROOF_REPLAY=TOKEN in front of your test command.`,
  );
}

function parse(text: string): Replay {
  try {
    return readToken(text);
  } catch (error) {
    if (error instanceof BadToken) throw new BadUsage(error.message);
    throw error;
  }
}
