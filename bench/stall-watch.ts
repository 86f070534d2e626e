/**
 * How long the event loop stands still, and whose fault that is. A tick that comes late was held up by the program
 * itself, by the collection of garbage, or by others that had the processor: Node tells the second, Linux the third
 * (the time that the main thread was ready and waited for a processor, in `/proc/self/task/PID/schedstat`).
 */
import { readFileSync } from "node:fs";
import {
  type IntervalHistogram,
  monitorEventLoopDelay,
  PerformanceObserver,
} from "node:perf_hooks";

/** In milliseconds. */
export interface Stall {
  readonly at: number;
  /** How long nothing else could run. */
  readonly whole: number;
  readonly collecting: number;
  /** The main thread was ready to go on, but other processes had all processors. */
  readonly waiting: number;
  /** What was going on when it ended. */
  readonly during: string;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

const every_ms = 10;
/** Shorter ones are counted in the histogram only. */
const kept_from_ms = 50;
/** Collections are told a little later than they happen. */
const told_within_ms = 1_000;

/** What is left of a stall for the program itself to answer for. */
export const ownShare = ({ whole, collecting, waiting }: Stall): number =>
  Math.max(0, whole - collecting - waiting);

/** Watches the loop of this thread until it is disposed. */
export class StallWatch implements Disposable {
  /** Of all ticks, in ns. */
  readonly delay: IntervalHistogram = monitorEventLoopDelay({ resolution: every_ms });
  /** What is going on, for those who read about a stall. */
  during = "start";
  readonly #timer: NodeJS.Timeout;
  readonly #collector = new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries())
      this.#collections.push({ start: startTime, end: startTime + duration });
  });
  #collections: Span[] = [];
  #open: Stall[] = [];
  readonly #stalls: Stall[] = [];
  #last_ms = performance.now();
  #waited_ms = waitedMs();

  constructor() {
    this.#collector.observe({ entryTypes: ["gc"] });
    this.delay.enable();
    this.#timer = setInterval(() => this.#tick(), every_ms);
  }

  /** Forgets what was before. */
  begin(): void {
    this.delay.reset();
    this.#open = [];
    this.#stalls.length = 0;
  }

  #tick(): void {
    const at = performance.now();
    const waited_ms = waitedMs();
    const whole = at - this.#last_ms - every_ms;
    const waiting = waited_ms - this.#waited_ms;
    if (whole >= kept_from_ms)
      this.#open.push({ at, whole, waiting, collecting: 0, during: this.during });
    this.#last_ms = at;
    this.#waited_ms = waited_ms;
    if (this.#open.length > 0) this.#close(at - told_within_ms);
    else this.#collections = this.#collections.filter(({ end }) => end > at - told_within_ms);
  }

  /** Takes the collections of stalls that ended before. */
  #close(before: number): void {
    const [closed, open] = [[] as Stall[], [] as Stall[]];
    for (const stall of this.#open) (stall.at < before ? closed : open).push(stall);
    for (const stall of closed) {
      const from = stall.at - stall.whole - every_ms;
      const spans = this.#collections.map(({ start, end }) => ({
        start: Math.max(start, from),
        end: Math.min(end, stall.at),
      }));
      const collecting = spans.reduce((sum, { start, end }) => sum + Math.max(0, end - start), 0);
      this.#stalls.push({ ...stall, collecting });
    }
    this.#open = open;
  }

  /** Those over `kept_from_ms` until now; call it some time after the last one. */
  get stalls(): readonly Stall[] {
    this.#close(Infinity);
    return this.#stalls;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.delay.disable();
    this.#collector.disconnect();
  }
}

const file = `/proc/self/task/${process.pid}/schedstat`;

/** How long the main thread has waited for a processor so far; 0 where the system does not say. */
function waitedMs(): number {
  try {
    return Number(readFileSync(file, "latin1").split(" ", 2)[1]) / 1e6;
  } catch {
    return 0;
  }
}
