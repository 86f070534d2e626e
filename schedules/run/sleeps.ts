/**
 * Time in a schedule is a step, never the clock. A client that sleeps (`await sleep(200)` between two tries) is
 * woken at once: nothing but the others' steps can make a difference to it, and those the schedule decides.
 *
 * The same timers also guard against waiting too long (`Promise.race([answer, timeout])`, the limits of drivers
 * and pools), and those must never ring early: right code would seem to fail. Which is which, its use tells. A
 * timer is a sleep when its client did nothing at all until it rang and went on as soon as it had rung; a guard
 * when its client took a step while it was running. So where code sets its first timer the real time passes,
 * and afterwards the same place in the code is known. Once a guard, always a guard.
 */
import { now_ms } from "../../backends/real-time.ts";

/** A timer of Node, with what is needed to know it and to wake it early. */
export interface Timer {
  _onTimeout: (...rest: unknown[]) => unknown;
  _idleTimeout: number;
  readonly _repeat: number | null;
  readonly _destroyed: boolean;
  hasRef(): boolean;
  refresh(): unknown;
}

interface Running {
  readonly timer: Timer;
  readonly place: string;
  set_ms: number;
}

/** What a client that is quiet waits for. */
export type Sleep =
  | { readonly kind: "known"; wake(): void }
  /** Perhaps a sleep, perhaps a guard; it rings by itself. */
  | { readonly kind: "unknown"; readonly left_ms: number };

/** What follows a sleep comes at once; on a slow machine a little later. */
const at_once_ms = 20;
const places_max = 10_000;
/** Frames that tell one place in the code from another. */
const frames = 8;
const known = new Map<string, "sleep" | "guard">();

/** The timers of one client in one schedule. */
export class Sleeps {
  readonly #rang: () => boolean;
  readonly #running = new Set<Running>();
  #last: { readonly of: Running; readonly at_ms: number } | undefined;

  /** @param rang called when a timer rings; answers whether the client is free to act on it */
  constructor(rang: () => boolean) {
    this.#rang = rang;
  }

  /** Never throws: it is called from a hook. */
  add(timer: Timer): void {
    if (typeof timer._onTimeout !== "function") return;
    const running: Running = { timer, place: placeOf(timer), set_ms: now_ms() };
    this.#running.add(running);
    const ring = timer._onTimeout.bind(timer);
    timer._onTimeout = (...rest) => {
      const is_free = this.#rang();
      // Time does not pass for a client that stands at the gate: no second question before the first.
      if (!is_free && timer._repeat !== null) return undefined;
      if (timer._repeat === null) this.#running.delete(running);
      running.set_ms = now_ms();
      this.#last = is_free ? { of: running, at_ms: running.set_ms } : undefined;
      return ring(...rest);
    };
  }

  /** The client took a step, or ended: whatever still runs was no sleep. */
  moved(): void {
    const last = this.#last;
    this.#last = undefined;
    for (const running of this.#pending()) {
      if (running !== last?.of) learn(running.place, "guard");
    }
    if (last && now_ms() < last.at_ms + at_once_ms) learn(last.of.place, "sleep");
  }

  /** What the client waits for, as far as timers tell. */
  current(): Sleep | undefined {
    const pending = this.#pending().filter(({ place }) => known.get(place) !== "guard");
    const first = pending.toSorted((a, b) => dueOf(a) - dueOf(b))[0];
    if (!first) return undefined;
    if (known.get(first.place) !== "sleep")
      return { kind: "unknown", left_ms: dueOf(first) - now_ms() };
    return { kind: "known", wake: () => wake(first.timer) };
  }

  #pending(): Running[] {
    for (const running of this.#running) {
      if (running.timer._destroyed) this.#running.delete(running);
    }
    // Nothing waits for a timer that does not keep the process alive.
    return [...this.#running].filter(({ timer }) => timer.hasRef());
  }
}

const dueOf = ({ set_ms, timer }: Running): number => set_ms + timer._idleTimeout;

/** Rings in the next millisecond, in its own asynchronous context; an interval keeps its period. */
function wake(timer: Timer): void {
  timer._idleTimeout = 1;
  timer.refresh();
}

function learn(place: string, what: "sleep" | "guard"): void {
  if (known.get(place) === "guard") return;
  if (known.size >= places_max) known.clear();
  known.set(place, what);
}

/** Where in the code it was set: the frames outside Node and this file. */
function placeOf(timer: Timer): string {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = frames + 8;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = stackTraceLimit;
  const lines = stack.split("\n").slice(1);
  const outside = lines.filter((line) => !/\bnode:|[/\\]run[/\\](sleeps|timers|seat)\./.test(line));
  return [timer._repeat === null ? "once" : "repeated", ...outside.slice(0, frames)].join("\n");
}
