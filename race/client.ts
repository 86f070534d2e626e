import type { Address } from "../backends/door-target.ts";
import type { Speaker } from "../backends/speaker.ts";
import type { Doorstep, MakeClient } from "../schedules/doors/door-backend.ts";
import { environmentOf, type Place, type Template } from "./environment.ts";
import { commandInWords, hasFailed, ProcessFailed } from "./process-failed.ts";
import type { ProcessEnd, Processes, RunningProcess } from "./processes.ts";

/** A process that was ended because its schedule had been given up. */
export type Abandoned = Pick<ProcessEnd, "stdout" | "stderr"> & { readonly client: number };

export interface ProcessOptions {
  readonly argv: readonly string[];
  readonly templates: readonly Template[];
  readonly processes: Processes;
  readonly kind: string;
  /** A connection past all gates. */
  readonly speak: (address: Address) => Promise<Speaker>;
  readonly abandoned: (process: Abandoned) => void;
}

/** A client of a schedule that is a process: a new one for each operation. */
export class ProcessClient implements AsyncDisposable {
  readonly #options: ProcessOptions;
  readonly #place: Place;
  readonly #door: Doorstep;
  #running: { readonly process: RunningProcess; readonly client: number } | undefined;
  #speaker: Promise<Speaker> | undefined;

  constructor(address: Address, door: Doorstep, options: ProcessOptions) {
    this.#options = options;
    this.#place = { kind: options.kind, address };
    this.#door = door;
  }

  /**
   * Runs the program to its end, and until the server has ended its connections.
   * @returns what it printed
   * @throws ProcessFailed
   */
  async run(client: number): Promise<string> {
    const { argv, templates, processes } = this.#options;
    const environment = {
      ...environmentOf([this.#place], templates),
      RACEPROOF_CLIENT: String(client),
    };
    const process = processes.start({ argv, environment });
    this.#running = { process, client };
    const end = await process.ended;
    this.#running = undefined;
    await this.#door.left();
    if (hasFailed(end)) throw new ProcessFailed(commandInWords(argv), end);
    return end.stdout.trimEnd();
  }

  /** For setting up and checking. */
  get speaker(): Promise<Speaker> {
    this.#speaker ??= this.#options.speak(this.#place.address);
    return this.#speaker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#running;
    if (running) {
      this.#options.abandoned({ client: running.client, ...running.process.said });
      running.process.kill();
      await running.process.ended;
    }
    await (await this.#speaker)?.[Symbol.asyncDispose]();
  }
}

/** How the doors make clients that are processes. */
export function processClients(options: ProcessOptions): MakeClient<ProcessClient> {
  return {
    reconnects: true,
    open: (address, door) => new ProcessClient(address, door, options),
    close: (client) => client[Symbol.asyncDispose](),
  };
}
