import { setMaxListeners } from "node:events";

/** Ctrl-C, or a polite request to end: stop between two operations and keep what is there. */
export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** What the process then ends with, as a shell would say it; undefined = nobody interrupted it. */
  readonly exit_code: number | undefined;
}

const exit_codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Interrupting = keyof typeof exit_codes;
const signals = Object.keys(exit_codes) as Interrupting[];

/** The first signal aborts; a second one ends the process at once. */
export function interruption(): Interruption {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // each cell listens a while
  let exit_code: number | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = exit_codes[signal as Interrupting];
    if (controller.signal.aborted) process.exit(code);
    exit_code = code;
    controller.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    get exit_code() {
      return exit_code;
    },
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
