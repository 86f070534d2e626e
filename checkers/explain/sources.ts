import type { Operation } from "../../histories/event.ts";
import type { MakeModel } from "../models/index.ts";
import { models } from "../models/index.ts";
import { plainText } from "../plain-text.ts";

/**
 * How values come into a model's state and are seen there. Only for models in which a value cannot be seen
 * unless an operation brought it in or it was there at the start.
 */
export interface Source {
  /** Values that the operation brings in if it happens. */
  brought(operation: Operation): readonly unknown[];
  /** Values that must have been in the state, if the operation's answer is right. */
  seen(operation: Operation): readonly unknown[];
  /** The values, as texts, that a state holds. */
  held(state: unknown): readonly string[];
  /** Whether seeing a value takes it out: then it is seen at most as often as it was brought in. */
  readonly takes: boolean;
  /** The verb for "nobody … 5". */
  readonly verb: string;
}

const wrote: Source = {
  brought: ({ f, input, output }) =>
    f === "write" ? [input] : f === "cas" && output !== false ? [pairOf(input)[1]] : [],
  seen: ({ f, input, output }) => {
    if (f === "cas" && output !== false) return [pairOf(input)[0]];
    return f === "read" && output !== null ? [output] : [];
  },
  held: (value) => [plainText(value)],
  takes: false,
  verb: "wrote",
};

const added: Source = {
  brought: ({ f, input }) => (f === "add" ? [input] : []),
  seen: ({ f, input, output }) => {
    if (f === "read") return Array.isArray(output) ? output : [];
    return f === "contains" && output === true ? [input] : [];
  },
  held: (elements) => [...(elements as ReadonlySet<string>)],
  takes: false,
  verb: "added",
};

const added_with_answers: Source = {
  ...added,
  seen(operation) {
    const { f, input, output } = operation;
    const was_there = (f === "add" && output === false) || (f === "remove" && output === true);
    return was_there ? [input] : added.seen(operation);
  },
};

const container = (puts: readonly string[], takes: readonly string[], verb: string): Source => ({
  brought: ({ f, input }) => (puts.includes(f) ? [input] : []),
  seen: ({ f, output }) => (takes.includes(f) && output !== null ? [output] : []),
  held: (items) => (items as readonly unknown[]).map(plainText),
  takes: true,
  verb,
});

const queued = container(["enqueue"], ["dequeue"], "enqueued");

const by_name: Readonly<Record<string, Source>> = {
  register: wrote,
  "cas-register": wrote,
  set: added,
  "set-with-answers": added_with_answers,
  queue: queued,
  "priority-queue": queued,
  stack: container(["push"], ["pop"], "pushed"),
  deque: container(["add-first", "add-last"], ["remove-first", "remove-last"], "added"),
};

/** The source for a model of ours; undefined for other models, and for those that do not keep values as they are. */
export function sourceOf(make: MakeModel): Source | undefined {
  const name = Object.keys(by_name).find((each) => models[each] === make);
  return name === undefined ? undefined : by_name[name];
}

function pairOf(input: unknown): readonly unknown[] {
  return Array.isArray(input) ? input : [];
}
