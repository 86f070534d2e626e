import { Command } from "commander";
import { type BackendEntry, backends } from "../matrix/backends.ts";
import { openBackend, strategyNames } from "../matrix/open-backend.ts";
import type { Suite } from "../matrix/suite.ts";
import { fullName } from "../matrix/workload.ts";
import { replayRace } from "../race/race.ts";
import { drawInterleaving } from "../reports/interleaving.ts";
import { StatusLine } from "../reports/status-line.ts";
import { visible } from "../reports/visible.ts";
import type { Replayed } from "../schedules/search/replay.ts";
import { BadToken, type Replay, readToken } from "../schedules/token.ts";
import { suites } from "../suites/suites.ts";
import { BadUsage } from "./bad-usage.ts";
import { collect } from "./collect.ts";
import { interruption } from "./interruption.ts";
import { type RaceFlags, readRaceFlags, withRaceFlags } from "./race-flags.ts";
import { serverSources } from "./select.ts";
import { startServers } from "./start-servers.ts";
import { withRace } from "./with-race.ts";

/** `raceproof replay TOKEN`: exit code 0 = the same happened, 1 = something else, 2 = it cannot be run. */
export function replayCommand(): Command {
  return withRaceFlags(new Command("replay"))
    .description("run one schedule again, step by step, and say whether the same thing happened")
    .argument("<token>", "as printed under a failing interleaving")
    .argument("[command...]", "as for race, with its flags")
    .option("--server <kind=where>", "as for run", collect, [])
    .action(async (text: string, argv: string[], flags: RaceFlags & { server: string[] }) => {
      const token = parse(text);
      await (argv.length > 0 || flags.app !== undefined
        ? replayProcesses(token, argv, flags)
        : replayCell(token, flags));
    });
}

/** Replays a token that `race` made; the same flags and the same command must follow it. */
async function replayProcesses(token: Replay, argv: string[], flags: RaceFlags): Promise<void> {
  const wish = await readRaceFlags(flags, argv);
  if (wish.name !== token.program)
    throw new BadUsage(`this is a token of ${token.program}, not of ${wish.name}.`);
  await withRace(wish, async (options) => print(await replayRace(token, options)));
}

async function replayCell(token: Replay, flags: { server: string[] }): Promise<void> {
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
  print(await cell.replay(token));
}

function print({ same, warning, trace, failure }: Replayed): void {
  if (warning !== undefined) console.log(`Warning: ${warning}\n`);
  console.log(`${drawInterleaving(trace)}\n`);
  console.log(
    failure ? visible(`${failure.kind}: ${failure.message}`) : "Nothing is wrong this time.",
  );
  console.log(same ? "The same happened, step by step." : "Something different happened.");
  process.exitCode = same ? 0 : 1;
}

/** Finds the strategy and backend that a token is about. @throws BadUsage when this version does not have them */
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
    `this version has no strategy ${program} on ${name}; a token of a test of your own is replayed with RACEPROOF_REPLAY=TOKEN in front of your test command, one of \`race\` with the flags and the command of that race behind it.`,
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
