import type { Doorstep } from "../schedules/doors/door-backend.ts";
import type { MakeOfSeveral } from "../schedules/doors/several-doors.ts";
import { callers } from "../schedules/run/caller.ts";
import { type Database, databasesOf, environmentOf, type Template } from "./environment.ts";
import { commandInWords, hasFailed, ProcessFailed } from "./process-failed.ts";
import type { ProcessEnd, Processes, RunningProcess } from "./processes.ts";
import { Speakers } from "./speakers.ts";
import { endAll, type Survivable, survivorsOf } from "./survivors.ts";

/** A process that was ended because its schedule had been given up. */
export type Abandoned = Pick<ProcessEnd, "stdout" | "stderr"> & { readonly client: number };

export interface ProcessOptions {
  readonly argv: readonly string[];
  readonly templates: readonly Template[];
  readonly processes: Processes;
  readonly abandoned: (process: Abandoned) => void;
  /** The program has ended, and processes that it had started went on, doing nothing: they were ended. */
  readonly survived: () => void;
}

/** A simulated client that runs as a process: a new process for each operation. */
export class ProcessClient implements AsyncDisposable {
  readonly speakers: Speakers;
  readonly #options: ProcessOptions;
  readonly #databases: readonly Database[];
  readonly #door: Doorstep;
  #running: { readonly process: RunningProcess; readonly client: number } | undefined;

  constructor(databases: readonly Database[], door: Doorstep, options: ProcessOptions) {
    this.#options = options;
    this.#databases = databases;
    this.speakers = new Speakers(databases);
    this.#door = door;
  }

  /**
   * Runs the program to its end, then waits until the server has ended its connections.
   * @returns what it printed
   * @throws ProcessFailed
   */
  async run(client: number): Promise<string> {
    const { argv, templates, processes } = this.#options;
    const environment = {
      ...environmentOf(this.#databases, templates),
      RACEPROOF_CLIENT: String(client),
    };
    const lingers = (ended: Survivable): Promise<void> => this.#waitForAll(ended);
    const process = processes.start({ argv, environment, lingers });
    this.#running = { process, client };
    const end = await process.ended;
    this.#running = undefined;
    await this.#door.left();
    if (hasFailed(end)) throw new ProcessFailed(commandInWords(argv), end);
    return end.stdout.trimEnd();
  }

  async #waitForAll(ended: Survivable): Promise<void> {
    const settled = (): Promise<void> => this.#door.settled();
    const there = await callers.exit(() => survivorsOf(ended, settled));
    if (there.length === 0) return;
    endAll(there);
    this.#options.survived();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#running;
    if (running) {
      this.#options.abandoned({ client: running.client, ...running.process.said });
      running.process.kill();
      await running.process.ended;
    }
    await this.speakers[Symbol.asyncDispose]();
  }
}

/** How doors make clients that run as processes. */
export function processClients(options: ProcessOptions): MakeOfSeveral<ProcessClient> {
  return {
    reconnects: true,
    open: (addresses, door) => new ProcessClient(databasesOf(addresses), door, options),
    close: (client) => client[Symbol.asyncDispose](),
  };
}
