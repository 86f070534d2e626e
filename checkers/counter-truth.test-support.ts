/** Tells from the operations alone whether the sentence about a counter's fault is true. */
import type { Operation } from "../histories/event.ts";
import type { CounterFault } from "./counter-slots.ts";

/**
 * @param operations of a counter that started at 0
 * @returns whether what is said of the two operations is true, and is a contradiction
 */
export function isTrue(fault: CounterFault, operations: readonly Operation[]): boolean {
  const { later } = fault;
  if (fault.kind === "too low") return value(later) < (later.f === "add" ? 1 : 0);
  if (fault.kind === "same answer")
    return fault.earlier !== later && [fault.earlier, later].every(isAnswered(value(later)));
  if (fault.kind === "backwards")
    return fault.earlier.returned < later.invoked && before(later) < behind(fault.earlier);
  const { earlier } = fault;
  if (fault.kind === "lost") {
    const happened = ({ status, invoked, returned }: Operation): boolean =>
      status === "ok" && returned < later.invoked && (earlier?.returned ?? -1) < invoked;
    const between = count(operations, behind(earlier), before(later), happened);
    return fault.between === between && between > before(later) - behind(earlier);
  }
  const may = ({ invoked, returned }: Operation): boolean =>
    invoked < later.returned && (earlier?.invoked ?? -1) < returned;
  const adds = operations.filter(({ f, status }) => f === "add" && status !== "fail");
  const between =
    value(later) > adds.length
      ? adds.filter(({ invoked }) => invoked < later.returned).length
      : count(operations, behind(earlier), value(later), may);
  return fault.between === between && between < value(later) - behind(earlier);
}

/** Counts the increments above one value up to another: by their answers, or by `fits` where there is none. */
function count(
  operations: readonly Operation[],
  above: number,
  upto: number,
  fits: (add: Operation) => boolean,
): number {
  return operations.filter((operation) => {
    if (operation.f !== "add" || operation.status === "fail") return false;
    if (typeof operation.output !== "number") return fits(operation);
    return above < operation.output && operation.output <= upto;
  }).length;
}

const value = ({ output }: Operation): number => output as number;

/** How many increments come before the operation. */
const before = (operation: Operation): number =>
  operation.f === "add" ? value(operation) - 1 : value(operation);

/** How many increments there have been after the operation; none at the start. */
const behind = (operation: Operation | undefined): number =>
  operation === undefined ? 0 : value(operation);

const isAnswered =
  (output: number) =>
  (operation: Operation): boolean =>
    operation.f === "add" && operation.output === output;
