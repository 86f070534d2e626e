import { closeSync, openSync } from "node:fs";
import type { Header, Process } from "./event.ts";
import { fileTrouble, type HistoryError } from "./history-error.ts";
import { LineBuffer } from "./line-buffer.ts";
import { json, Phrases } from "./phrases.ts";

const index_is = Buffer.from('{"index":');
const time_is = Buffer.from(',"time_ns":');
const end = Buffer.from("}\n");
/** A clock that never goes back, and that runs on when a test installs fake timers. */
const clock_ms = performance.now.bind(performance);

/**
 * Writes a history as JSONL while it happens: the header first, then one event a line.
 *
 * Group commit: all events of one turn of the event loop go to the kernel in one `write`, after the
 * turn's replies were handled. What the kernel has survives a kill of the process; fsync would only guard
 * against the machine going down.
 *
 * @example
 * import { checkFile, Recorder } from "raceproof";
 *
 * const recorder = new Recorder("raceproof-out/register.jsonl", {
 *   raceproof: 1, backend: "mine", server: "mine 1.0", strategy: "cache", isolation: null,
 *   seed: 1, clients: 2, initial: 0, started: new Date().toISOString(),
 * });
 * await recorder.invoke(0, "write", "x", 7); // before the request is sent
 * recorder.ok(0, null);
 * await recorder.invoke(1, "read", "x", null);
 * recorder.ok(1, 0); // a cache that is late
 * recorder.close();
 *
 * const { verdict } = await checkFile("raceproof-out/register.jsonl", { model: "register" });
 * console.log(verdict); // invalid
 */
export class Recorder {
  readonly #path: string;
  readonly #clients: number;
  readonly #file: number;
  readonly #zero_ms: number = clock_ms();
  readonly #lines = new LineBuffer();
  readonly #phrases = new Map<Process, Phrases>();
  #index = 0;
  #scheduled = false;
  #written: PromiseWithResolvers | undefined;
  #trouble: HistoryError | undefined;
  #closed = false;
  #size_bytes = 0;

  /** @throws HistoryError when the file cannot be created. An existing file is replaced. */
  constructor(path: string, header: Header) {
    this.#path = path;
    this.#clients = header.clients;
    try {
      this.#file = openSync(path, "w");
    } catch (error) {
      throw fileTrouble("write the history", path, error);
    }
    this.#lines.text(`${JSON.stringify(header)}\n`);
    this.#flush();
  }

  /**
   * An operation is about to be sent. Resolves once its line is with the kernel: send only then.
   * @throws HistoryError when the history cannot be written (disk full, …).
   */
  invoke(process: Process, f: string, key: string, input: unknown): Promise<void> {
    const line = this.#of(process).invoke(f, key, input);
    this.#begin();
    this.#lines.bytes(line);
    this.#written ??= withResolvers();
    return this.#written.promise;
  }

  /** It happened, and this was the answer. */
  ok(process: Process, output: unknown): void {
    // Before the line begins, because it may throw: no line stays half written.
    const text = isNatural(output) ? undefined : json(output);
    this.#begin();
    this.#lines.bytes(this.#of(process).ok);
    if (text === undefined) this.#lines.natural(output as number);
    else this.#lines.text(text);
    this.#lines.bytes(end);
  }

  /** It certainly did not happen. */
  fail(process: Process, error: string): void {
    this.#begin();
    this.#lines.text(this.#of(process).failure("fail", error));
  }

  /**
   * Nobody knows whether it happened. This ends the process.
   * @returns the number under which its client goes on (clients are `process % clients`).
   */
  info(process: Process, error: string): number {
    this.#begin();
    this.#lines.text(this.#of(process).failure("info", error));
    this.#phrases.delete(process);
    return typeof process === "number" ? process + this.#clients : this.#clients;
  }

  /** How long the file is by now. */
  get sizeBytes(): number {
    return this.#size_bytes;
  }

  /** Writes what is left and closes the file. @throws HistoryError when something could not be written */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#flush();
    closeSync(this.#file);
    if (this.#trouble !== undefined) throw this.#trouble;
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  /** Begins a line, which is written once this turn of the event loop is over. */
  #begin(): void {
    const lines = this.#lines;
    lines.bytes(index_is);
    lines.natural(this.#index++);
    lines.bytes(time_is);
    lines.natural(Math.round((clock_ms() - this.#zero_ms) * 1e6));
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#flush());
  }

  #of(process: Process): Phrases {
    let phrases = this.#phrases.get(process);
    if (phrases === undefined) this.#phrases.set(process, (phrases = new Phrases(process)));
    return phrases;
  }

  #flush(): void {
    this.#scheduled = false;
    this.#trouble ??= this.#write();
    const waiting = this.#written;
    this.#written = undefined;
    if (this.#trouble === undefined) waiting?.resolve();
    else waiting?.reject(this.#trouble);
  }

  #write(): HistoryError | undefined {
    try {
      this.#size_bytes += this.#lines.writeTo(this.#file);
      return undefined;
    } catch (error) {
      return fileTrouble("write the history", this.#path, error);
    }
  }
}

const isNatural = (value: unknown): boolean =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

interface PromiseWithResolvers {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Promise.withResolvers, which Node 20 does not have. */
function withResolvers(): PromiseWithResolvers {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  promise.catch(() => {}); // close() throws it again, in case nobody waits here
  return { promise, resolve, reject };
}
