import { setMaxListeners } from "node:events";
import { readFileSync } from "node:fs";

/** Ctrl-C, or another request to end: the run stops between two operations and keeps what it has. */
export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** The exit code that shells give for the signal; undefined = nobody interrupted the process. */
  readonly exit_code: number | undefined;
}

const exit_codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Interrupting = keyof typeof exit_codes;
const signals = Object.keys(exit_codes) as Interrupting[];

const parent = process.ppid;
/** Whether npm, or what else runs the script of package.json, was gone already when this process began. */
const was_orphan = process.env["npm_lifecycle_event"] !== undefined && adoptsOrphans(parent);
const parentIsGone = (): boolean => was_orphan || process.ppid !== parent;

/** Whoever else is our parent has started us: a script may begin us with `make`, `timeout` or `sudo`, too. */
function adoptsOrphans(pid: number): boolean {
  try {
    const name = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
    // In a container the first process may be npm itself.
    return name === "systemd" || (pid === 1 && !/npm|yarn|bun|node|sh/i.test(name));
  } catch {
    return pid === 1;
  }
}

/** npm passes on a signal that the terminal has already sent to all: two within this time count as one. */
const same_wish_ms = 250;
const look_for_parent_ms = 500;

/**
 * The first signal aborts; a second one ends the process at once. If the process that started us is gone, or nobody
 * reads our output any more, it counts as a SIGHUP: so a run ends when its npm, shell or CI job was killed.
 */
export function interruption(): Interruption {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // each cell listens a while
  let exit_code: number | undefined;
  let first_ms = 0;
  const abort = (signal: Interrupting): void => {
    if (controller.signal.aborted) return;
    first_ms = performance.now();
    exit_code = exit_codes[signal];
    controller.abort();
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    const is_second = controller.signal.aborted && performance.now() - first_ms > same_wish_ms;
    if (is_second) process.exit(exit_codes[signal as Interrupting]);
    abort(signal as Interrupting);
  };
  const watch = setInterval(() => parentIsGone() && abort("SIGHUP"), look_for_parent_ms);
  watch.unref();
  const onTrouble = (): void => abort("SIGHUP");
  for (const signal of signals) process.on(signal, onSignal);
  for (const stream of [process.stdout, process.stderr]) stream.on("error", onTrouble);
  return {
    signal: controller.signal,
    get exit_code() {
      return exit_code;
    },
    [Symbol.dispose]() {
      clearInterval(watch);
      for (const signal of signals) process.off(signal, onSignal);
      for (const stream of [process.stdout, process.stderr]) stream.off("error", onTrouble);
    },
  };
}
