import type { Operation } from "../../histories/event.ts";
import { fromNowhere } from "../from-nowhere/from-nowhere.ts";
import { startingItems } from "../models/items.ts";
import { plainText } from "../plain-text.ts";
import { faultWithCrashed } from "./crashed.ts";
import { dequeFault } from "./deque.ts";
import type { Finding } from "./finding.ts";
import { type Contradiction, lifetimesOf, type Names } from "./lifetimes.ts";
import { type Lifetimes, operationsOf, type Piece } from "./lives.ts";
import { priorityQueueFault, smallestFirst } from "./priority-queue.ts";
import { queueFault } from "./queue.ts";
import { renamed } from "./renamed.ts";
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
  /** Whether equal values leave in the order in which they came: then they need not be unique (see renamed.ts). */
  readonly keeps_order?: true;
}

const queue_names: Names = { adds: ["enqueue"], removes: ["dequeue"] };
const deque_names: Names = {
  adds: ["add-first", "add-last"],
  removes: ["remove-first", "remove-last"],
};

export const containers: Readonly<Record<string, Container>> = {
  queue: { names: queue_names, judge: queueFault, keeps_order: true },
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
  const { lifetimes, exact, repeats } = lifetimesIn(operations, container, items);
  if (lifetimes === undefined || "contradiction" in lifetimes) {
    const nowhere = fromNowhere(model, operations, items);
    if (nowhere !== undefined)
      return {
        parts: [alike(nowhere.operations, operations, container.names, items)],
        ...{ impossible: true, blocked: nowhere.blocked },
      };
    if (lifetimes === undefined || !exact) return { parts: [operations], impossible: false };
    return {
      parts: [alike(lifetimes.contradiction, operations, container.names, items)],
      impossible: true,
    };
  }
  const found = container.judge(lifetimes);
  const operationsIn = (pieces: readonly Piece[]): Operation[] =>
    inOrder(pieces.flatMap((piece) => operationsOf(piece, lifetimes)));
  if (found === undefined) return { parts: [], impossible: false };
  if (!exact) return { parts: [operations], impossible: false };
  if ("unsure" in found) return { parts: found.unsure.map(operationsIn), impossible: false };
  // With crashed removes, a smaller part may be possible though the whole is not.
  if (lifetimes.crashed.count > 0) return { parts: [operations], impossible: true };
  if (repeats)
    return {
      parts: [alike(operationsIn(found), operations, container.names, items)],
      impossible: true,
    };
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

interface Seen {
  readonly lifetimes: Lifetimes | Contradiction | undefined;
  /** Whether the history has a legal order only if these lifetimes have one. */
  readonly exact: boolean;
  /** Whether there are equal values, which are told apart here. */
  readonly repeats: boolean;
}

function lifetimesIn(
  operations: readonly Operation[],
  { names, keeps_order }: Container,
  items: readonly unknown[],
): Seen {
  const lifetimes = lifetimesOf(operations, names, items);
  const as_they_are = { lifetimes, exact: true, repeats: false };
  if (lifetimes !== undefined || keeps_order !== true) return as_they_are;
  const unique = renamed(operations, names, items);
  if (unique === undefined) return as_they_are;
  const { exact } = unique;
  const found = lifetimesOf(unique.operations, names, unique.initial);
  if (found === undefined) return as_they_are;
  if (!("contradiction" in found))
    return { lifetimes: { ...found, operations }, exact, repeats: true };
  const first = operations[unique.operations.indexOf(found.contradiction[0]!)]!;
  const contradiction = alike([first], operations, names, items);
  return { lifetimes: { contradiction }, exact, repeats: true };
}

/**
 * Some operations, and all others with values that are equal to one of theirs, or to one that was there at the start:
 * which add a remove belongs to depends on all of these, and what was there at the start may be in their way. Crashed
 * removes may have taken any of it.
 */
function alike(
  some: readonly Operation[],
  operations: readonly Operation[],
  { adds }: Names,
  initial: readonly unknown[],
): Operation[] {
  const textOf = ({ f, input, output }: Operation): string =>
    plainText(adds.includes(f) ? input : output);
  const texts = new Set([...some.map(textOf), ...initial.map(plainText)]);
  const among = new Set(some);
  return operations.filter((each) => {
    if (each.status === "fail") return false;
    if (among.has(each) || (each.status === "info" && !adds.includes(each.f))) return true;
    const text = textOf(each);
    return text !== "null" && texts.has(text);
  });
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
