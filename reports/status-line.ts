const tell_every_ms = 3000;
/** Faster changes could not be read. */
const change_every_ms = 100;

/** What is going on right now, on standard error: one line that changes, or plain lines if it is not a terminal. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #changes: boolean;
  #shown = "";
  #changed: { readonly what: string; readonly at_ms: number } | undefined;
  /** If it is not a terminal: when each kind of work was last reported, and how far it was. */
  readonly #told = new Map<string, { at_ms: number; tenth: number }>();

  constructor(stream: NodeJS.WriteStream = process.stderr) {
    this.#stream = stream;
    this.#changes = stream.isTTY && !process.env.CI;
  }

  /**
   * @param what the work, in words; also identifies it
   * @param done of `total`, for a bar, in `unit`s
   * @param began_ms when it began, by `performance.now()`, for an estimate of the time left
   */
  show(what: string, done?: number, total?: number, unit?: "bytes" | "s", began_ms?: number): void {
    if (this.#changes && this.#isTooSoon(what)) return;
    const figures = [amount(done, total, unit), timeLeft(done, total, began_ms)];
    const line = (...parts: string[]): string => parts.filter(Boolean).join("  ");
    // The end is cut off if it does not fit, so the words come last.
    if (this.#changes)
      this.#rewrite(fit(line(bar(done, total), ...figures, what), this.#stream.columns));
    else this.#tell(what, line(what, ...figures), done, total);
  }

  /** A line that stays. */
  say(line: string): void {
    this.clear();
    this.#stream.write(`${line}\n`);
  }

  clear(): void {
    if (this.#changes && this.#shown !== "") this.#rewrite("");
  }

  #isTooSoon(what: string): boolean {
    const at_ms = performance.now();
    if (this.#changed?.what === what && at_ms - this.#changed.at_ms < change_every_ms) return true;
    this.#changed = { what, at_ms };
    return false;
  }

  #rewrite(text: string): void {
    this.#stream.write(`\r${text}\u001b[K`);
    this.#shown = text;
  }

  /** Writes a plain line when work begins and after each tenth of it, but at most every few seconds. */
  #tell(what: string, text: string, done = 0, total?: number): void {
    const tenth = total ? Math.floor((10 * done) / total) : 0;
    const last = this.#told.get(what);
    if (last && (tenth <= last.tenth || Date.now() - last.at_ms < tell_every_ms)) return;
    this.#told.set(what, { at_ms: Date.now(), tenth });
    this.#stream.write(`${text}\n`);
  }
}

function bar(done?: number, total?: number): string {
  if (done === undefined || !total) return "";
  const filled = Math.min(20, Math.floor((20 * done) / total));
  return `[${"#".repeat(filled)}${".".repeat(20 - filled)}]`;
}

function amount(done?: number, total?: number, unit?: "bytes" | "s"): string {
  const say = (n: number): string =>
    unit === "bytes" ? `${(n / 1e6).toFixed(1)} MB` : unit === "s" ? `${n} s` : String(n);
  if (total === undefined) return done === undefined ? "" : say(done);
  return `${say(done ?? 0)} of ${say(total)}`;
}

function timeLeft(done?: number, total?: number, began_ms?: number): string {
  if (!done || total === undefined || began_ms === undefined) return "";
  const left_s = ((performance.now() - began_ms) / 1000 / done) * (total - done);
  if (left_s < 90) return `about ${Math.ceil(left_s)} s left`;
  return `about ${Math.ceil(left_s / 60)} min left`;
}

/** Cuts to the terminal's width. Some terminals do not know theirs, and say 0. */
const fit = (text: string, columns: number): string =>
  text.slice(0, Math.max(20, (columns || 80) - 1));
