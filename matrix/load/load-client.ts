import { judgeError } from "../../backends/refused.ts";
import type { Process } from "../../histories/event.ts";
import type { Recorder } from "../../histories/recorder.ts";
import { AppInstance, type Application } from "./app-instance.ts";

const answer_limit_s = 30;
const last_read_attempts = 10;

/** What the clients of a run have in common. */
export interface Load<Client> extends Application<Client> {
  readonly recorder: Recorder;
}

type Operation = "add" | "read";
const inputs = { add: 1, read: null } as const;

/** One client: performs and records its operations, one after the other. */
export class LoadClient<Client> {
  readonly #load: Load<Client>;
  readonly #instance: AppInstance<Client>;
  #process: Process;
  /** The last operation was. */
  #acknowledged = false;
  /** For an answer. */
  #is_waiting = false;
  #waited_s = 0;
  /** Leaves the operation under way behind and performs the next. */
  #goOn = (): void => {};

  constructor(load: Load<Client>, number: number) {
    this.#load = load;
    this.#instance = new AppInstance(load, number);
    this.#process = number;
  }

  /**
   * All increments of this client, one after the other, and more until the faults are over.
   * @param finished is told of each whether it was acknowledged
   */
  work(over: () => boolean, finished: (acknowledged: boolean) => void): Promise<void> {
    return this.#perform(this.#increments(over, finished));
  }

  /** The last read: once everything is over, and as often as it takes where connections were lost. */
  readAtRest(): Promise<void> {
    return this.#perform(this.#lastReads());
  }

  /** To be called every second: nobody waits longer for an answer than any database should take. */
  checkAnswer(): void {
    if (this.#is_waiting && ++this.#waited_s > answer_limit_s) this.#goOn();
  }

  *#increments(
    over: () => boolean,
    finished: (acknowledged: boolean) => void,
  ): Generator<Operation> {
    const { increments, read_share, stop } = this.#load;
    for (let n = 0; (n < increments || !over()) && !stop.aborted; n++) {
      if (this.#instance.random() < read_share) yield "read";
      yield "add";
      finished(this.#acknowledged);
    }
  }

  *#lastReads(): Generator<Operation> {
    for (let attempt = 1; attempt <= last_read_attempts; attempt++) {
      yield "read";
      if (this.#acknowledged || !this.#load.disturbed) return;
    }
  }

  /** A guard around the whole, as one around each operation would cost more than recording it. */
  #perform(operations: Generator<Operation>): Promise<void> {
    return new Promise((resolve, reject) => {
      const perform = (): Promise<void> => this.#performNext(operations).then(resolve);
      this.#goOn = () => {
        this.#unknown("no answer").then(perform).catch(reject);
      };
      perform().catch(reject);
    });
  }

  async #performNext(operations: Generator<Operation>): Promise<void> {
    const { recorder } = this.#load;
    const instance = this.#instance;
    for (const f of operations) {
      const process = this.#process;
      this.#acknowledged = false;
      await recorder.invoke(process, f, instance.key, inputs[f]);
      this.#is_waiting = true;
      this.#waited_s = 0;
      let output: number | void = undefined;
      let failure: { readonly error: unknown } | undefined;
      try {
        output = await (f === "add" ? instance.increment() : instance.read());
      } catch (error) {
        failure = { error };
      }
      // Left behind: the client is another process by now, and this one stops here.
      if (process !== this.#process) await never();
      this.#is_waiting = false;
      if (failure) await this.#failed(failure.error);
      else {
        recorder.ok(process, output ?? null);
        this.#acknowledged = true;
      }
    }
  }

  async #failed(error: unknown): Promise<void> {
    if (isBug(error)) throw error;
    const { outcome, code } = judgeError(this.#load.backend, error);
    // Whatever its last try ended with: an earlier one may have been carried out.
    if (outcome === "info" || this.#instance.has_reconnected) return this.#unknown(code);
    this.#load.recorder.fail(this.#process, code);
    if (!this.#instance.is_connected) await this.#instance.recover();
  }

  #unknown(code: string): Promise<void> {
    this.#is_waiting = false;
    this.#process = this.#load.recorder.info(this.#process, code);
    return this.#instance.recover();
  }
}

const never = (): Promise<never> => new Promise(() => {});

/** A mistake in the strategy's own code is no outcome of an operation. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError;
