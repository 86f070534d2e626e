import { closeSync, openSync, writeSync } from "node:fs";
import type { Header, Process } from "./event.ts";
import { fileTrouble, type HistoryError } from "./history-error.ts";

/**
 * Writes a history as JSONL while it happens: the header first, then one event a line.
 *
 * Group commit: all events of one turn of the event loop go to the kernel in one `write`, after the
 * turn's replies were handled. What the kernel has, a killed process keeps; fsync would only guard
 * against the machine going down.
 */
export class Recorder {
  readonly #path: string;
  readonly #clients: number;
  readonly #file: number;
  readonly #zero_ms: number = performance.now();
  readonly #quoted = new Map<string, string>();
  #index = 0;
  #lines = "";
  #scheduled = false;
  #written: PromiseWithResolvers | undefined;
  #trouble: HistoryError | undefined;
  #closed = false;

  /** @throws HistoryError when the file cannot be created. An existing file is replaced. */
  constructor(path: string, header: Header) {
    this.#path = path;
    this.#clients = header.clients;
    try {
      this.#file = openSync(path, "w");
    } catch (error) {
      throw fileTrouble("write the history", path, error);
    }
    this.#lines = `${JSON.stringify(header)}\n`;
    this.#flush();
  }

  /**
   * An operation is about to be sent. Resolves once its line is with the kernel: send only then.
   * @throws HistoryError when the history cannot be written (disk full, …).
   */
  invoke(process: Process, f: string, key: string, input: unknown): Promise<void> {
    this.#add(
      process,
      `invoke","f":${this.#quote(f)},"key":${this.#quote(key)},"input":${json(input)}`,
    );
    this.#written ??= withResolvers();
    return this.#written.promise;
  }

  /** It happened, and this was the answer. */
  ok(process: Process, output: unknown): void {
    this.#add(process, `ok","output":${json(output)}`);
  }

  /** It certainly did not happen. */
  fail(process: Process, error: string): void {
    this.#add(process, `fail","error":${JSON.stringify(error)}`);
  }

  /**
   * Nobody knows whether it happened. This ends the process.
   * @returns the number under which its client goes on (clients are `process % clients`).
   */
  info(process: Process, error: string): number {
    this.#add(process, `info","error":${JSON.stringify(error)}`);
    return process === "nemesis" ? this.#clients : process + this.#clients;
  }

  /** Writes what is left and closes the file. @throws HistoryError when anything could not be written. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#flush();
    closeSync(this.#file);
    if (this.#trouble !== undefined) throw this.#trouble;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }

  #add(process: Process, rest: string): void {
    const time_ns = Math.round((performance.now() - this.#zero_ms) * 1e6);
    const who = process === "nemesis" ? '"nemesis"' : process;
    this.#lines += `{"index":${this.#index++},"time_ns":${time_ns},"process":${who},"type":"${rest}}\n`;
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    }
  }

  /** There are few functions and keys. */
  #quote(word: string): string {
    let quoted = this.#quoted.get(word);
    if (quoted === undefined) this.#quoted.set(word, (quoted = JSON.stringify(word)));
    return quoted;
  }

  #flush(): void {
    this.#scheduled = false;
    const lines = this.#lines;
    this.#lines = "";
    this.#trouble ??= this.#write(lines);
    const waiting = this.#written;
    this.#written = undefined;
    if (this.#trouble === undefined) waiting?.resolve();
    else waiting?.reject(this.#trouble);
  }

  #write(lines: string): HistoryError | undefined {
    try {
      const bytes = Buffer.from(lines);
      let done = 0;
      while (done < bytes.length) done += writeSync(this.#file, bytes, done);
      return undefined;
    } catch (error) {
      return fileTrouble("write the history", this.#path, error);
    }
  }
}

/** As JSON; what JSON has no word for is null. */
function json(value: unknown): string {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return JSON.stringify(value) ?? "null";
}

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
  promise.catch(() => {}); // close() tells it again, should nobody wait here
  return { promise, resolve, reject };
}
