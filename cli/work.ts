import { Command } from "commander";
import { withoutPassword } from "../backends/without-password.ts";
import { connectToQueue } from "../campaign/queue/connect.ts";
import { workerName } from "../campaign/queue/hands.ts";
import { connectionName } from "../campaign/queue/keys.ts";
import { serve } from "../campaign/queue/serve.ts";
import { StatusLine } from "../reports/status-line.ts";
import { Home } from "../servers/home.ts";
import { wholeNumber } from "./bad-usage.ts";
import { CellRunner } from "./cell-runner.ts";
import { collect } from "./collect.ts";
import { interruption } from "./interruption.ts";
import { madeBy } from "./own-version.ts";
import { serverSources } from "./select.ts";

interface Flags {
  readonly queue: string;
  readonly concurrency: string;
  readonly lostAfter: string;
  readonly server: string[];
  readonly out: string;
}

/** `raceproof work`: does the jobs of campaigns, until it is ended. */
export function workCommand(): Command {
  return new Command("work")
    .description("does cells of campaigns that others have put into a queue, until Ctrl-C")
    .requiredOption("--queue <url>", "the Redis or Valkey with the queue: redis://host")
    .option("--concurrency <n>", "cells side by side", "1")
    .option(
      "--lost-after <seconds>",
      "a worker that is silent for longer has lost its cell to another",
      "30",
    )
    .option(
      "--server <kind=where>",
      "mysql=local, mysql=container, mysql=URL; again for another",
      collect,
      [],
    )
    .option("--out <folder>", "where histories stay that are too large for Redis", "raceproof-out")
    .action(work);
}

async function work(flags: Flags): Promise<void> {
  const concurrency = wholeNumber("--concurrency", flags.concurrency, 1);
  const lost_after_ms = wholeNumber("--lost-after", flags.lostAfter, 1) * 1_000;
  const sources = serverSources(flags.server);
  using interrupted = interruption();
  const { signal } = interrupted;
  const redis = await connectToQueue(flags.queue, connectionName(workerName()));
  const status = new StatusLine();
  status.say(`working for ${withoutPassword(flags.queue)}; Ctrl-C ends it`);
  try {
    await using home = await Home.make("work", {});
    await using runner = new CellRunner({ sources, status, signal });
    await serve({
      ...{ redis, concurrency, lost_after_ms, signal },
      made_by: madeBy(),
      folder: home.folder,
      keep_in: flags.out,
      run: (data, more) => runner.run(data, more),
      say: (line) => status.say(line),
    });
  } finally {
    status.clear();
    redis.disconnect();
  }
  process.exitCode = interrupted.exit_code ?? 0;
}
