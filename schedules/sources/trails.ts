/**
 * Where in the user's code does a request come from? The stack at the moment when the bytes are written often does not
 * say: a pool writes them in a callback of its own, and the query of Drizzle or postgres.js begins only when somebody
 * awaits it. So for one run we note for every promise, tick and timer where it was made, and follow the trail back:
 * from the stack of the write to that of the promise in whose continuation it was written, and so on, to the first that
 * shows the user's own code. (The idea is that of `longjohn`, with Node's own `async_hooks`.)
 *
 * The trail ends at sockets and files: what is written when an answer has come in, was decided by whoever sent the
 * question, and that may have been somebody else. Then there is no line rather than a wrong one.
 *
 * This is far too slow for a search, so it is done in the run that confirms a failure, and only there.
 */
import { createHook, executionAsyncId } from "node:async_hooks";
import type { Source } from "../../histories/source.ts";
import { ledBy } from "./source.ts";

/** Where an asynchronous resource was made. */
interface Made {
  /** V8 makes text of it only when it is read. */
  readonly at: { readonly stack: string };
  /** The resource in whose callback that was. */
  readonly within: number;
}

const frames_max = 60;
/** So many callbacks behind each other that something goes round in a circle. */
const trail_max = 1_000;

/** While somebody follows: by the number that Node gives to each resource. */
let made: Map<number, Made> | undefined;
let followers = 0;

const hook = createHook({
  init(id, type) {
    if (!isHandle(type)) made?.set(id, { at: stackHere(), within: executionAsyncId() });
  },
});

/** Sockets, files, name look-ups: Node's names for them are written in capitals. */
const isHandle = (type: string): boolean => type !== "PROMISE" && /^[A-Z_]+$/.test(type);

function stackHere(): { readonly stack: string } {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = frames_max;
  const at = { stack: "" };
  Error.captureStackTrace(at, stackHere);
  Error.stackTraceLimit = limit;
  return at;
}

/** Begins to note where things come from. @returns a function to call once, at the end */
export function followTrails(): () => void {
  if (followers++ === 0) {
    made = new Map();
    hook.enable();
  }
  return () => {
    if (--followers > 0) return;
    hook.disable();
    made = undefined;
  };
}

/** The line of the user's code that has led here; undefined if that is not known, or nobody follows. */
export function sourceHere(): Source | undefined {
  if (made === undefined) return undefined;
  let from: Made | undefined = { at: stackHere(), within: executionAsyncId() };
  for (let hops = 0; from !== undefined && hops < trail_max; hops++) {
    const led = ledBy(from.at.stack);
    if (led.to === "own code") return led.source;
    if (led.to === "nowhere") return undefined;
    from = made.get(from.within);
  }
  return undefined;
}
