import { setTimeout as sleep } from "node:timers/promises";
import { judgeError } from "../backends/refused.ts";
import type { Process } from "../histories/event.ts";
import type { Recorder } from "../histories/recorder.ts";
import type { Connections } from "./connections.ts";
import type { LoadRun } from "./load.ts";
import { type Random, seeded } from "./random.ts";

const answer_limit_s = 30;
/** After a lost connection a client waits up to this long, as applications do. */
const lost_pause_ms = 100;
const last_read_attempts = 10;

/** What the clients of a run have in common. */
export interface Load<Client> extends LoadRun<Client> {
  readonly recorder: Recorder;
  readonly connections: Connections<Client>;
  readonly stop: AbortSignal;
  /** Servers fail on purpose: lost connections are to be made again, however long it takes. */
  readonly disturbed: boolean;
}

/** One simulated application instance. */
export class LoadClient<Client> {
  readonly #load: Load<Client>;
  readonly #random: Random;
  readonly #number: number;
  readonly #key: string;
  #process: Process;
  #requests = 0;
  /** The increment under way has already lost a connection. */
  #has_reconnected = false;
  #seconds_waited = 0;
  /** Rejects the operation under way. */
  #giveUp: ((error: NoAnswer) => void) | undefined;

  readonly #backoff = (attempt: number): Promise<void> =>
    sleep(this.#random() * Math.min(2 ** attempt, 100));
  readonly #reconnectWithin = (): Promise<Client> => {
    this.#has_reconnected = true;
    return this.#reconnect();
  };

  constructor(load: Load<Client>, number: number) {
    this.#load = load;
    this.#number = number;
    this.#key = load.keys[number % load.keys.length]!;
    this.#process = number;
    this.#random = seeded(load.seed * 1000 + number);
  }

  /**
   * All increments of this client, one after the other, and more until the faults are over.
   * @param finished is told of each whether it was acknowledged
   */
  async work(over: () => boolean, finished: (acknowledged: boolean) => void): Promise<void> {
    const { increments, read_share, stop } = this.#load;
    for (let n = 0; (n < increments || !over()) && !stop.aborted; n++) {
      if (this.#random() < read_share) await this.#operation("read", null);
      finished(await this.#operation("add", 1));
    }
  }

  /** To be called every second: ends an operation that takes longer than any database should. */
  checkAnswer(): void {
    if (++this.#seconds_waited > answer_limit_s)
      this.#giveUp?.(new NoAnswer(`no answer within ${answer_limit_s} s`));
  }

  /** The last read: once everything is over, and as often as it takes where connections were lost. */
  async readAtRest(): Promise<void> {
    for (let attempt = 1; attempt <= last_read_attempts; attempt++)
      if ((await this.#operation("read", null)) || !this.#load.disturbed) return;
  }

  #read(): Promise<number> {
    const { strategy } = this.#load;
    return strategy.read(this.#client, this.#key);
  }

  #increment(): Promise<number | void> {
    const { strategy } = this.#load;
    const key = this.#key;
    return strategy.increment(this.#client, key, {
      request_id: `${key}:${this.#number}:${this.#requests++}`,
      backoff: this.#backoff,
      reconnect: this.#reconnectWithin,
    });
  }

  async #operation(f: "add" | "read", input: unknown): Promise<boolean> {
    const { recorder } = this.#load;
    this.#has_reconnected = false;
    await recorder.invoke(this.#process, f, this.#key, input);
    try {
      const output = await this.#answered(f === "add" ? this.#increment() : this.#read());
      recorder.ok(this.#process, output ?? null);
      return true;
    } catch (error) {
      if (isBug(error)) throw error;
      const { outcome, code } = judgeError(this.#load.backend, error);
      // Whatever its last try ended with: an earlier one may have been carried out.
      const is_unknown = outcome === "info" || this.#has_reconnected;
      if (is_unknown) this.#process = recorder.info(this.#process, code);
      else recorder.fail(this.#process, code);
      const is_lost = !this.#load.connections.of(this.#number).alive;
      if (is_unknown || is_lost) await this.#recover();
      return false;
    }
  }

  /** One timer for all clients (`checkAnswer`): one for each operation would cost more than the rest. */
  #answered(answer: Promise<unknown>): Promise<unknown> {
    this.#seconds_waited = 0;
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      answer.then(resolve, reject);
    });
  }

  async #recover(): Promise<void> {
    const { disturbed, stop } = this.#load;
    if (disturbed) await sleep(this.#random() * lost_pause_ms);
    await this.#reconnect().catch((error: unknown) => {
      if (!stop.aborted) throw error;
    });
  }

  #reconnect(): Promise<Client> {
    const { connections, disturbed, stop } = this.#load;
    return connections.replace(this.#number, disturbed ? stop : undefined);
  }

  get #client(): Client {
    return this.#load.connections.of(this.#number).client;
  }
}

class NoAnswer extends Error {
  readonly code = "no answer";
}

/** A mistake in the strategy's own code is no outcome of an operation. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
