/** Producers, watchers and workers of campaigns, as real processes, with a Redis for their queues. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { inject } from "vitest";
import type { JobData, JobResult } from "../../campaign/queue/job.ts";
import { command } from "../../command.test-support.ts";
import type { Results } from "../../reports/summary.ts";
import type { Breakable, Server } from "../../servers/server.ts";
import { startServer } from "../../servers/start.ts";

/** A process of raceproof, and all that it has said. */
export interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  said: string;
}

/** Where the cells of a process run: one starts its Redis, the others share one. */
export const started: readonly string[] = [
  ...["--server", "redis=local", "--server", `postgres=${inject("servers").postgres.url}`],
];
export const shared: readonly string[] = [
  ...["--server", `redis=${inject("servers").redis.url}`, ...started.slice(2)],
];
export const nowhere: readonly string[] = ["--server", "redis=redis://127.0.0.1:1"];

/** On a machine that much else keeps busy, cells take minutes. */
export const soon = { timeout: 900_000, interval: 50 };

export class Processes implements AsyncDisposable {
  readonly place: string = mkdtempSync(join(tmpdir(), "raceproof-campaign-"));
  readonly redis: Redis;
  readonly server: Server & Partial<Breakable>;
  readonly #runs: Run[] = [];

  private constructor(server: Server) {
    this.server = server;
    this.redis = new Redis(server.url, { maxRetriesPerRequest: null });
    this.redis.on("error", () => undefined);
  }

  static async start(): Promise<Processes> {
    return new Processes(await startServer("redis", { from: "local", settings: "durable" }));
  }

  raceproof(...args: readonly string[]): Run {
    const child = spawn(process.execPath, [command, ...args], {
      env: { ...process.env, TMPDIR: this.place, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const run: Run = { child, ended, said: "" };
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data) => (run.said += String(data)));
    this.#runs.push(run);
    return run;
  }

  work(servers: readonly string[], ...more: readonly string[]): Run {
    return this.raceproof("work", "--queue", this.server.url, ...servers, ...more);
  }

  run(name: string, ...args: readonly string[]): Run {
    const out = join(this.place, name);
    return this.raceproof("run", "--queue", this.server.url, "--out", out, ...args);
  }

  resultsAt(name: string): Results {
    return JSON.parse(readFileSync(join(this.place, name, "results.json"), "utf8")) as Results;
  }

  queueNamed(name: string): Queue<JobData, JobResult> {
    const queue = new Queue<JobData, JobResult>(name, {
      connection: this.redis,
      prefix: "raceproof-campaigns",
    });
    return queue.on("error", () => undefined); // while Redis is restarted
  }

  /** Nothing of a test goes on. @throws Error when somebody has told the queue's password */
  end(): void {
    for (const { child } of this.#runs) child.kill("SIGKILL");
    const { password } = new URL(this.server.url);
    if (password === "") throw new Error("the queue has no password that could be told");
    const told = this.#runs.splice(0).find(({ said }) => said.includes(password));
    if (told) throw new Error(`the password was told: ${told.child.spawnargs[2]}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.redis.disconnect();
    await this.server[Symbol.asyncDispose]();
    rmSync(this.place, { recursive: true });
  }
}
