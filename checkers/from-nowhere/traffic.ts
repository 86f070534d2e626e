import type { Operation } from "../../histories/event.ts";
import { plainText } from "../plain-text.ts";

/** What operations put into a model's state, and which values they prove were in it before. */
export interface Traffic {
  /** Texts of the values in the model's first state. */
  readonly starts: (init: unknown) => readonly string[];
  readonly puts: (operation: Operation) => readonly unknown[];
  /** The values that an `ok` operation saw. */
  readonly sees: (operation: Operation, init: unknown) => readonly unknown[];
  /** Whether seeing a value takes it out. */
  readonly takes_out: boolean;
}

const none: readonly unknown[] = [];

const register: Traffic = {
  starts: (init) => [plainText(init)],
  puts: ({ f, input, output, status }) => {
    if (f === "write") return [input];
    return f === "cas" && !(status === "ok" && output === false) ? [(input as unknown[])[1]] : none;
  },
  sees: ({ f, input, output }, initial) => {
    if (f === "cas" && output !== false) return [(input as unknown[])[0]];
    // A read of null may say nothing (see register.ts).
    return f === "read" && (output !== null || initial === null) ? [output] : none;
  },
  takes_out: false,
};

const set: Traffic = {
  starts: (init) => [...(init as ReadonlySet<string>)],
  puts: ({ f, input }) => (f === "add" ? [input] : none),
  sees: ({ f, input, output }) => {
    if (f === "read") return Array.isArray(output) ? (output as unknown[]) : none;
    const there =
      f === "contains" || f === "remove" ? output === true : f === "add" && output === false;
    return there ? [input] : none;
  },
  takes_out: false,
};

/** An answer of null means that it was empty, or that an item null was taken. */
const container = (adds: readonly string[], removes: readonly string[]): Traffic => ({
  starts: (init) => (init as readonly unknown[]).map(plainText),
  puts: ({ f, input }) => (adds.includes(f) ? [input] : none),
  sees: ({ f, output }) => (removes.includes(f) && output !== null ? [output] : none),
  takes_out: true,
});

const queue = container(["enqueue"], ["dequeue"]);

export const traffic: Readonly<Record<string, Traffic>> = {
  register,
  "cas-register": register,
  "set-with-answers": set,
  set: {
    ...set,
    // This model does not look at the answers of add and remove.
    sees: (operation, initial) =>
      operation.f === "read" || operation.f === "contains" ? set.sees(operation, initial) : none,
  },
  queue,
  "priority-queue": queue,
  stack: container(["push"], ["pop"]),
  deque: container(["add-first", "add-last"], ["remove-first", "remove-last"]),
};
