import type { Operation } from "../../histories/event.ts";
import { fromNowhere } from "../from-nowhere/from-nowhere.ts";
import { startingItems } from "../models/items.ts";
import { faultWithCrashed } from "./crashed.ts";
import { dequeFault } from "./deque.ts";
import type { Finding } from "./finding.ts";
import { lifetimesOf, type Names } from "./lifetimes.ts";
import { type Lifetimes, operationsOf, type Piece } from "./lives.ts";
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
  /** Which of its operations cannot be placed, if that is known. */
  readonly blocked?: Operation;
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
  const container = containers[model];
  if (container === undefined) return { parts: [operations], impossible: false };
  const items = startingItems(initial);
  const lifetimes = lifetimesOf(operations, container.names, items);
  if (lifetimes === undefined || "contradiction" in lifetimes) {
    const nowhere = fromNowhere(model, operations, items);
    if (nowhere !== undefined)
      return { parts: [nowhere.operations], impossible: true, blocked: nowhere.blocked };
    if (lifetimes === undefined) return { parts: [operations], impossible: false };
    return { parts: [inOrder(lifetimes.contradiction)], impossible: true };
  }
  const found = container.judge(lifetimes);
  const operationsIn = (pieces: readonly Piece[]): Operation[] =>
    inOrder(pieces.flatMap((piece) => operationsOf(piece, lifetimes)));
  if (found === undefined) return { parts: [], impossible: false };
  if ("unsure" in found) return { parts: found.unsure.map(operationsIn), impossible: false };
  // With crashed removes, a smaller part may be possible though the whole is not.
  if (lifetimes.crashed.count > 0) return { parts: [operations], impossible: true };
  const needed = stayingFromTheStart(lifetimes);
  const impossible = (pieces: readonly Piece[]): boolean => {
    const fewer = lifetimesOf(operationsIn([...pieces, ...needed]), container.names, items);
    if (fewer === undefined || "contradiction" in fewer) return fewer !== undefined;
    const still = container.judge(fewer);
    return still !== undefined && !("unsure" in still);
  };
  const others = found.filter((piece) => !needed.has(piece));
  return { parts: [operationsIn([...smallest(others, impossible), ...needed])], impossible: true };
}

/**
 * What must stay with a contradiction: values from the start that are taken out. Without these, the rest could be
 * impossible for another reason.
 */
function stayingFromTheStart({ count, add_by, removed }: Lifetimes): ReadonlySet<Piece> {
  const needed = new Set<Piece>();
  for (let value = 0; value < count && add_by[value]! < 0; value++)
    if (removed[value] === 1) needed.add(value);
  return needed;
}

function inOrder(operations: readonly Operation[]): Operation[] {
  return operations.toSorted((one, other) => one.invoked - other.invoked);
}
