import { setMaxListeners } from "node:events";

/** Ctrl-C, or a polite request to end: stop between two operations and keep what is there. */
export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal aborts; a second one ends the process at once. */
export function interruption(): Interruption {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal); // each cell listens a while
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
