import type { Operation } from "../../histories/event.ts";
import { startingItems } from "../models/items.ts";
import { type Fault, faultWithCrashed } from "./crashed.ts";
import { type Contradiction, type Lifetimes, lifetimesOf, type Names } from "./lifetimes.ts";
import type { Part } from "./part.ts";
import { priorityQueueFault } from "./priority-queue.ts";
import { queueFault } from "./queue.ts";
import { stackFault } from "./stack.ts";

interface Container {
  readonly names: Names;
  readonly fault: (lifetimes: Lifetimes) => ReturnType<Fault> | "unsure";
}

const queue_names: Names = { adds: ["enqueue"], removes: ["dequeue"] };

export const containers: Readonly<Record<string, Container>> = {
  queue: { names: queue_names, fault: queueFault },
  stack: {
    names: { adds: ["push"], removes: ["pop"] },
    fault: (lifetimes) => faultWithCrashed(stackFault, lifetimes),
  },
  "priority-queue": {
    names: queue_names,
    fault: (lifetimes) => faultWithCrashed(priorityQueueFault, lifetimes),
  },
};

export function impossibleValues(
  model: string,
  operations: readonly Operation[],
  initial: unknown,
): readonly Operation[] | undefined {
  const container = containers[model];
  if (container === undefined) return undefined;
  const lifetimes = lifetimesOf(operations, container.names, startingItems(initial));
  if (lifetimes === undefined) return undefined;
  const fault = "operations" in lifetimes ? [lifetimes] : container.fault(lifetimes);
  if (fault === "unsure") return undefined;
  return (fault ?? []).flatMap(operationsOf).sort((one, other) => one.invoked - other.invoked);
}

function operationsOf(part: Part | Contradiction): readonly Operation[] {
  return "add" in part ? [...part.add.operations, ...part.remove.operations] : part.operations;
}
