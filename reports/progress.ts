import { StatusLine } from "./status-line.ts";

const plain_every_ms = 10_000;

/** How far an exploration is: on a terminal a line that changes, elsewhere a plain line now and then. */
export class Progress {
  readonly #name: string;
  readonly #stream: NodeJS.WriteStream;
  readonly #line: StatusLine | undefined;
  readonly #began_ms = performance.now();
  #told_ms: number = performance.now();

  /** @param name of the exploration */
  constructor(name: string, stream: NodeJS.WriteStream = process.stderr) {
    this.#name = name;
    this.#stream = stream;
    if (stream.isTTY && !process.env["CI"]) this.#line = new StatusLine(stream);
  }

  /** @param schedules that were run so far; none of them failed */
  show(schedules: number): void {
    const now_ms = performance.now();
    if (this.#line) this.#line.show(`${this.#name}: ${schedules} schedules, none failed so far`);
    else if (now_ms - this.#told_ms >= plain_every_ms) {
      this.#told_ms = now_ms;
      const seconds = Math.round((now_ms - this.#began_ms) / 1000);
      this.#stream.write(
        `raceproof: ${this.#name}: ${schedules} ${schedules === 1 ? "schedule" : "schedules"} in ${seconds} s, none failed so far\n`,
      );
    }
  }

  clear(): void {
    this.#line?.clear();
  }
}
