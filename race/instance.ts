/** One running instance of an app: a process that listens on a port of its own until it is stopped. */
import { createConnection } from "node:net";
import { now_ms, wait } from "../backends/real-time.ts";
import { freePort } from "../servers/port.ts";
import { type Database, environmentOf, type Template } from "./environment.ts";
import { commandInWords, lastLines, ProcessFailed } from "./process-failed.ts";
import type { ProcessEnd, Processes, RunningProcess } from "./processes.ts";

const start_limit_default_ms = 60_000;
const look_every_ms = 10;
/** An app that runs on IPv6 only is found, too. */
const hosts = ["127.0.0.1", "::1"];
/** A process that has closed its connections because it crashed has ended by then. */
const crash_ms = 500;

export interface LaunchOptions {
  /** A command line for the shell. */
  readonly command: string;
  readonly templates: readonly Template[];
  readonly processes: Processes;
  /** An app that does not listen by then is not waited for any longer. Default 60,000 ms. */
  readonly start_limit_ms?: number;
}

/** The app cannot be started: the message says why, with what it wrote. */
export class AppNotStarted extends Error {}

/** Where an instance listens, in the words of a database, so that a template can say `{app.port}`. */
export const placeOfApp = (port: number): Database => ({
  kind: "app",
  address: { url: `http://127.0.0.1:${port}`, environment: { PORT: String(port) } },
});

export class Instance {
  readonly #command: string;
  readonly #process: RunningProcess;
  readonly host: string;
  readonly port: number;
  #end: ProcessEnd | undefined;

  private constructor(command: string, process: RunningProcess, host: string, port: number) {
    this.#command = command;
    this.#process = process;
    this.host = host;
    this.port = port;
    void process.ended.then((end) => (this.#end = end));
  }

  /**
   * Starts the app and waits until it listens.
   * @throws AppNotStarted
   */
  static async start(databases: readonly Database[], options: LaunchOptions): Promise<Instance> {
    const { command, templates, processes, start_limit_ms = start_limit_default_ms } = options;
    const port = await freePort();
    const process = processes.start({
      argv: ["/bin/sh", "-c", command],
      environment: environmentOf([...databases, placeOfApp(port)], templates),
      stays: true,
    });
    const until_ms = now_ms() + start_limit_ms;
    while (now_ms() < until_ms) {
      for (const host of hosts)
        if (await listens(host, port)) return new Instance(command, process, host, port);
      const end = await Promise.race([process.ended, wait(look_every_ms)]);
      if (end) throw new AppNotStarted(endedText(command, end));
    }
    process.kill();
    await process.ended;
    throw new AppNotStarted(deafText(command, port, start_limit_ms, written(process.said)));
  }

  get is_running(): boolean {
    return this.#end === undefined;
  }

  /** What it has written since `forget`. */
  get wrote(): string {
    return written(this.#process.said);
  }

  forget(): void {
    this.#process.forget();
  }

  /** Waits a moment for its end, if it has crashed. @throws ProcessFailed */
  async mustRun(request: string): Promise<void> {
    const end = await Promise.race([this.#process.ended, wait(crash_ms)]);
    if (!end) return;
    const command = `${request} had no answer: ${commandInWords([this.#command])}`;
    throw new ProcessFailed(command, wroteSomewhere(end));
  }

  async stop(): Promise<void> {
    this.#process.kill();
    await this.#process.ended;
  }
}

const endedText = (command: string, end: ProcessEnd): string =>
  `${new ProcessFailed(commandInWords([command]), wroteSomewhere(end)).told}\nIt must go on and listen on the port in PORT.`;

function deafText(command: string, port: number, limit_ms: number, wrote: string): string {
  const words = wrote.trim() === "" ? "" : ` It wrote:\n${lastLines(wrote)}`;
  return `${commandInWords([command])} does not listen on port ${port} after ${limit_ms / 1000} s; the port is in PORT, and a template can say {app.port}.${words}`;
}

/** Many apps write their errors to standard output. */
const written = ({ stdout, stderr }: Pick<ProcessEnd, "stdout" | "stderr">): string =>
  stderr.trim() === "" ? stdout : stderr;

const wroteSomewhere = (end: ProcessEnd): ProcessEnd => ({ ...end, stderr: written(end) });

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const end = (does: boolean): void => {
      socket.destroy();
      resolve(does);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
  });
}
