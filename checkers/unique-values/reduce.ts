import type { Operation } from "../../histories/event.ts";
import { startingItems } from "../models/items.ts";
import { faultWithCrashed } from "./crashed.ts";
import { dequeFault } from "./deque.ts";
import type { Finding } from "./finding.ts";
import {
  type Lifetime,
  type Lifetimes,
  lifetimesOf,
  type Names,
  operationsOf,
  type Part,
} from "./lifetimes.ts";
import { priorityQueueFault, smallestFirst } from "./priority-queue.ts";
import { queueFault } from "./queue.ts";
import { smallest } from "./smallest.ts";
import { lastAdded, stackFault } from "./stack.ts";

/** What is left for the search after the quick methods have looked at the history of one key. */
export interface Reduction {
  /** The history is linearizable exactly when each of these is, by itself. None: it is linearizable. */
  readonly parts: readonly (readonly Operation[])[];
  /** Whether the only part is known to be impossible, and small. */
  readonly impossible: boolean;
}

interface Container {
  readonly names: Names;
  readonly judge: (lifetimes: Lifetimes) => Finding;
}

const queue_names: Names = { adds: ["enqueue"], removes: ["dequeue"] };
const deque_names: Names = {
  adds: ["add-first", "add-last"],
  removes: ["remove-first", "remove-last"],
};

export const containers: Readonly<Record<string, Container>> = {
  queue: { names: queue_names, judge: queueFault },
  stack: {
    names: { adds: ["push"], removes: ["pop"] },
    judge: (lifetimes) => faultWithCrashed(stackFault, lastAdded, lifetimes),
  },
  deque: { names: deque_names, judge: dequeFault },
  "priority-queue": {
    names: queue_names,
    judge: (lifetimes) => faultWithCrashed(priorityQueueFault, smallestFirst, lifetimes),
  },
};

/**
 * Judges the history of a container, as far as that can be done without a search.
 * @param model a model's name; most of them have no quick method
 * @param initial the model's first state
 */
export function reduce(
  model: string,
  operations: readonly Operation[],
  initial: unknown,
): Reduction {
  const all: Reduction = { parts: [operations], impossible: false };
  const container = containers[model];
  if (container === undefined) return all;
  const items = startingItems(initial);
  const lifetimes = lifetimesOf(operations, container.names, items);
  if (lifetimes === undefined) return all;
  const found = "values" in lifetimes ? container.judge(lifetimes) : [lifetimes];
  if (found === undefined) return { parts: [], impossible: false };
  if ("unsure" in found) return { parts: found.unsure.map(inOrder), impossible: false };
  // With crashed removes, a smaller part may be possible though the whole is not.
  if ("values" in lifetimes && lifetimes.crashed.length > 0)
    return { parts: [operations], impossible: true };
  const needed = "values" in lifetimes ? neededParts(found, lifetimes) : [];
  const impossible = (parts: readonly Part[]): boolean => {
    const fewer = lifetimesOf(inOrder([...parts, ...needed]), container.names, items);
    if (fewer === undefined || !("values" in fewer)) return fewer !== undefined;
    const still = container.judge(fewer);
    return still !== undefined && !("unsure" in still);
  };
  const others = found.filter((part) => !needed.includes(part));
  return { parts: [inOrder([...smallest(others, impossible), ...needed])], impossible: true };
}

/**
 * The parts of a contradiction, and whatever must stay with them: crashed operations that could have taken something
 * out, and values from the start that never leave. Without these, the rest could be impossible for another reason.
 */
function neededParts(
  found: readonly Part[],
  { values, crashed }: { values: readonly Lifetime[]; crashed: readonly Part[] },
): Part[] {
  const from_the_start = values.filter(
    ({ add, removed }) => add.operations.length === 0 && removed,
  );
  return [...found.filter((part) => !("add" in part) && crashed.includes(part)), ...from_the_start];
}

function inOrder(parts: readonly Part[]): Operation[] {
  return parts.flatMap(operationsOf).sort((one, other) => one.invoked - other.invoked);
}
