import type { Process } from "./event.ts";

/** The parts of lines that one process repeats, as bytes: it mostly does the same thing again. */
export class Phrases {
  /** Before the output. */
  readonly ok: Buffer;
  readonly #process: string;
  #f = "";
  #key = "";
  #input: unknown;
  #invoke: Buffer | undefined;

  constructor(process: Process) {
    this.#process = `,"process":${JSON.stringify(process)},"type":`;
    this.ok = Buffer.from(`${this.#process}"ok","output":`);
  }

  /** To the end of the line. */
  invoke(f: string, key: string, input: unknown): Buffer {
    const same = f === this.#f && key === this.#key && input === this.#input;
    // An object may have changed since then.
    if (!this.#invoke || !same || Object(input) === input) {
      [this.#f, this.#key, this.#input] = [f, key, input];
      const what = `"f":${JSON.stringify(f)},"key":${JSON.stringify(key)}`;
      this.#invoke = Buffer.from(`${this.#process}"invoke",${what},"input":${json(input)}}\n`);
    }
    return this.#invoke;
  }

  /** To the end of the line. */
  failure(type: "fail" | "info", error: string): string {
    return `${this.#process}"${type}","error":${JSON.stringify(error)}}\n`;
  }
}

/** A value as JSON; null for what JSON cannot express. */
export function json(value: unknown): string {
  return JSON.stringify(value) ?? "null";
}
