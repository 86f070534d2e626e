import { judgeError } from "../../backends/refused.ts";
import type { Process } from "../../histories/event.ts";
import type { Recorder } from "../../histories/recorder.ts";
import type { Invocation } from "../workload.ts";
import { AppInstance, type Application } from "./app-instance.ts";

const answer_limit_s = 30;
/** More than this takes more memory to judge than most machines have: the clients stop there. */
export const history_limit_bytes = 2e9;
const last_read_attempts = 10;

/** What the clients of a load have in common. */
export interface Load<Client> extends Application<Client> {
  readonly recorder: Recorder;
}

const read: Invocation = { f: "read", input: null };

/** One client: performs its operations, one after the other, and records how each ends. */
export class LoadClient<Client> {
  readonly #load: Load<Client>;
  readonly #instance: AppInstance<Client>;
  #process: Process;
  /** How long the operation under way has waited for its answer; undefined between operations. */
  #waited_s: number | undefined;
  /** Stops waiting for the operation under way. */
  #giveUp = (): void => {};

  constructor(load: Load<Client>, number: number) {
    this.#load = load;
    this.#instance = new AppInstance(load, number);
    this.#process = number;
  }

  /**
   * All operations of this client, one after the other, and more until the faults are over.
   * @param finished is called after each operation with whether it was acknowledged
   */
  async work(over: () => boolean, finished: (acknowledged: boolean) => void): Promise<void> {
    const { operations, read_share, stop, strategy, workload } = this.#load;
    const { random } = this.#instance;
    const isFull = (): boolean => this.#load.recorder.sizeBytes > history_limit_bytes;
    for (let n = 0; (n < operations || !over()) && !stop.aborted && !isFull(); n++) {
      if (strategy.read && random() < read_share) await this.#perform(read);
      finished(await this.#perform(workload.nextOperation(random)));
    }
  }

  /** The last read, when everything is over; repeated until it succeeds if servers were broken on purpose. */
  async readAtRest(): Promise<void> {
    const attempts = this.#load.disturbed ? last_read_attempts : 1;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (await this.#perform(read)) return;
    }
  }

  /** Call this every second: it gives up an operation that waits longer than any database should take. */
  checkAnswer(): void {
    if (this.#waited_s !== undefined && ++this.#waited_s > answer_limit_s) this.#giveUp();
  }

  /** @returns whether it was acknowledged */
  async #perform(operation: Invocation): Promise<boolean> {
    const { recorder } = this.#load;
    await recorder.invoke(this.#process, operation.f, this.#instance.key, operation.input);
    this.#waited_s = 0;
    try {
      const output = await this.#answer(operation);
      recorder.ok(this.#process, output ?? null);
      return true;
    } catch (error) {
      await this.#failed(error);
      return false;
    } finally {
      this.#waited_s = undefined;
    }
  }

  /** Waits for the answer; an answer after `#giveUp` is ignored. @throws NoAnswer after `#giveUp` */
  #answer(operation: Invocation): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () => reject(new NoAnswer());
      const instance = this.#instance;
      (operation === read ? instance.read() : instance.run(operation)).then(resolve, reject);
    });
  }

  async #failed(error: unknown): Promise<void> {
    if (isBug(error)) throw error;
    const { backend, recorder } = this.#load;
    const { outcome, code } = error instanceof NoAnswer ? error : judgeError(backend, error);
    // The server has gone, and nobody brings it back. Who has a connection notices when it is replaced.
    if (code === "ECONNREFUSED" && !this.#load.disturbed) throw error;
    // It lost a connection and tried again: whatever the last try says, an earlier one may have taken effect.
    if (outcome === "info" || this.#instance.has_reconnected) {
      this.#process = recorder.info(this.#process, code);
      return this.#instance.recover();
    }
    recorder.fail(this.#process, code);
    if (!this.#instance.is_connected) await this.#instance.recover();
  }
}

class NoAnswer extends Error {
  readonly outcome = "info";
  readonly code = "no answer";
}

/** An error like this is a bug in the strategy's code, not an outcome of the operation. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
