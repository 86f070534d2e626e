/**
 * A simulated client that is an instance of an app: it is started once, outside of any schedule, and stays alive from
 * schedule to schedule. Each operation is a request to it.
 */
import { wait } from "../backends/real-time.ts";
import type { Doorstep } from "../schedules/doors/door-backend.ts";
import type { MakeOfSeveral } from "../schedules/doors/several-doors.ts";
import { callers } from "../schedules/run/caller.ts";
import type { Abandoned } from "./client.ts";
import { type Database, databasesOf } from "./environment.ts";
import { type AppAnswer, send } from "./http.ts";
import { Instance, type LaunchOptions } from "./instance.ts";
import { mustHaveDone, RequestFailed } from "./request-failed.ts";
import type { AppRequest } from "./requests.ts";
import { Speakers } from "./speakers.ts";

/** What an app wrote about an error comes through another pipe than its answer, perhaps a little later. */
const last_words_ms = 20;

export interface AppOptions extends LaunchOptions {
  /** At least one. Client 1 does the first one, and so on. */
  readonly requests: readonly AppRequest[];
  readonly abandoned: (process: Abandoned) => void;
}

export class AppClient implements AsyncDisposable {
  readonly speakers: Speakers;
  readonly #options: AppOptions;
  readonly #door: Doorstep;
  readonly #instance: Instance | undefined;
  /** The client whose request has no answer yet. */
  #asking: number | undefined;

  private constructor(
    databases: readonly Database[],
    door: Doorstep,
    options: AppOptions,
    instance: Instance | undefined,
  ) {
    this.speakers = new Speakers(databases);
    this.#options = options;
    this.#door = door;
    this.#instance = instance;
  }

  /** Set-up and checks need no instance. @throws AppNotStarted */
  static async open(
    databases: readonly Database[],
    door: Doorstep,
    options: AppOptions,
  ): Promise<AppClient> {
    const instance = door.is_outside ? undefined : await Instance.start(databases, options);
    return new AppClient(databases, door, options, instance);
  }

  /** An instance that has ended cannot be asked any more. */
  get is_alive(): boolean {
    return this.#instance?.is_running ?? true;
  }

  /**
   * Sends this client's request, and waits until the app is done with it: some commit after they have answered.
   * @throws RequestRefused for a status from 400 on, RequestFailed for one from 500 on or no answer, ProcessFailed
   */
  run(client: number): Promise<AppAnswer> {
    // The timers of this file are none of the program's.
    return callers.exit(() => this.#ask(client));
  }

  async #ask(client: number): Promise<AppAnswer> {
    const { requests } = this.#options;
    const request = requests[(client - 1) % requests.length]!;
    const instance = this.#instance!;
    instance.forget();
    this.#asking = client;
    try {
      const answer = await send(request, instance);
      await this.#door.settled();
      if (answer.status >= 500) await wait(last_words_ms);
      mustHaveDone(request, answer, instance.wrote);
      return answer;
    } catch (error) {
      if (error instanceof RequestFailed) throw error;
      await this.#explain(request, instance, error as NodeJS.ErrnoException);
      throw error;
    } finally {
      this.#asking = undefined;
    }
  }

  /** There was no answer. @throws the reason */
  async #explain(
    request: AppRequest,
    instance: Instance,
    error: NodeJS.ErrnoException,
  ): Promise<void> {
    await instance.mustRun(request.name).catch(async (crash: unknown) => {
      await this.#door.left();
      throw crash;
    });
    const how = `${request.name} had no answer: ${error.message}`;
    throw new RequestFailed(how, error.code ?? "no answer", instance.wrote);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const client = this.#asking;
    if (this.#instance && client !== undefined)
      this.#options.abandoned({ client, stdout: "", stderr: this.#instance.wrote });
    await this.#instance?.stop();
    await this.speakers[Symbol.asyncDispose]();
  }
}

/** How doors make clients that are instances of an app. */
export function appClients(options: AppOptions): MakeOfSeveral<AppClient> {
  return {
    reconnects: true,
    isAlive: (client) => client.is_alive,
    open: (addresses, door) => AppClient.open(databasesOf(addresses), door, options),
    close: (client) => client[Symbol.asyncDispose](),
  };
}
