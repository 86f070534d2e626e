import type { Step } from "../backend.ts";
import type { Turnstile } from "../turnstile.ts";
import type { Command, Core } from "./driver.ts";
import type { Answer } from "./step.ts";

const send_nothing = (): null => null;

/**
 * A command (or the pair PREPARE, EXECUTE) that stays first in the driver's queue, unsent, until the gate lets it go.
 * User code learns how it ended only after the gate has.
 */
export class HeldCommand {
  readonly #core: Core;
  readonly #first: Command;
  #last: Command | undefined;
  #resolve!: (reply: unknown) => void;
  #reject!: (error: unknown) => void;
  readonly #answered: Promise<unknown>;
  /** Tells user code how it ended. */
  #tell: (() => void) | undefined;
  /** The driver is starting it now, and takes the result of `start` as the next thing to do. */
  #is_starting = false;
  #is_over = false;

  constructor(core: Core, turnstile: Turnstile, step: Step, first: Command) {
    this.#core = core;
    this.#first = first;
    this.#answered = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Its connection may be lost while it waits at the gate: that is reported when it passes.
    this.#answered.catch(() => undefined);
    const wait = (): unknown => wait;
    first.start = (...rest) => {
      this.#is_starting = true;
      turnstile
        .pass(step, () => this.#send())
        .then(
          () => this.#passed(),
          (error: unknown) => this.#passed(error),
        );
      if (!this.#is_starting) return first.start(...rest);
      this.#is_starting = false;
      return wait;
    };
  }

  /** The command whose answer is the step's answer. */
  endsWith(last: Command): void {
    this.#last = last;
    if (last !== this.#first) this.#watchPrepare();
    if (last.onResult === undefined) return this.#watchEvents(last);
    const tell = last.onResult.bind(last);
    last.onResult = (error, ...rest) => {
      const [result, fields] = rest;
      this.#end(() => tell(error, ...rest), error, { result, fields } satisfies Answer);
    };
  }

  #send(): Promise<unknown> {
    if (this.#is_starting) {
      this.#is_starting = false;
      Reflect.deleteProperty(this.#first, "start");
    } else if (this.#core._command === this.#first) this.#goOn();
    else this.#end(() => undefined, new Error("Connection lost before the command was sent."));
    return this.#answered;
  }

  /** Lets the driver start the command that it already has as its current one. */
  #goOn(start?: Command["start"]): void {
    Reflect.deleteProperty(this.#first, "start");
    if (start !== undefined) this.#first.start = start;
    this.#first.next = null;
    this.#core.handlePacket();
  }

  #end(tell: () => void, error: unknown, reply?: unknown): void {
    if (this.#is_over) return;
    this.#tell = tell;
    this.#is_over = true;
    if (error) this.#reject(error);
    else this.#resolve(reply);
  }

  #passed(error?: unknown): void {
    // A gate may also refuse: then nothing was sent, and the command leaves the queue.
    if (!this.#is_over) {
      const last = this.#last ?? this.#first;
      last.start = send_nothing;
      if (last.onResult === undefined) last.emit("error", error);
      else last.onResult(error);
      if (this.#core._command === this.#first) this.#goOn(send_nothing);
    }
    if (this.#tell !== undefined) process.nextTick(this.#tell);
  }

  /** When PREPARE fails the driver does not send EXECUTE. */
  #watchPrepare(): void {
    const prepared = this.#first.onResult?.bind(this.#first);
    this.#first.onResult = (error, ...rest) => {
      // Without a callback, its end is reported by events, at once.
      if (!error || this.#last?.onResult === undefined) return prepared?.(error, ...rest);
      if (this.#last !== undefined) this.#last.start = send_nothing;
      this.#end(() => prepared?.(error), error);
    };
  }

  /** Without a callback, the driver reports by events; adding a listener would change what it does. */
  #watchEvents(last: Command): void {
    const emit = last.emit.bind(last);
    last.emit = (event: string | symbol, ...rest: unknown[]) => {
      if (event === "error") this.#end(() => undefined, rest[0]);
      else if (event === "end") this.#end(() => undefined, undefined);
      return emit(event, ...rest);
    };
  }
}
