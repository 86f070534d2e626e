import { createHook } from "node:async_hooks";
import { callers } from "./caller.ts";
import type { Timer } from "./sleeps.ts";

/**
 * Every timer is an asynchronous resource, whichever way it is set (`setTimeout`, its promise, an interval; by
 * the program or by a library), so one hook sees them all, and the program's own functions stay as they are.
 */
const hook = createHook({
  init(_id, type, _trigger, resource) {
    if (type === "Timeout") callers.getStore()?.hasSet(resource as Timer);
  },
});
let watching = 0;

/** Tells every client of the timers that its code sets, until what it returns is called. */
export function watchTimers(): () => void {
  if (watching++ === 0) hook.enable();
  return () => {
    if (--watching === 0) hook.disable();
  };
}
