import type { Operation } from "../histories/event.ts";
import { pick, type Random } from "./random-calls.ts";

/**
 * What a change to a history may do to its verdict. These laws need no second opinion, so they also test histories
 * that are too large for brute force. They hold for linearizability in any model, and for *no lost update*.
 *
 * Not a law: "a valid history without one of its `info` operations is still valid". The effect of that one may have
 * been seen. The other direction holds: an impossible history with one `info` less is still impossible.
 */

/** @returns the changed history, or undefined when it has nothing that can be changed this way */
type Change = (
  operations: readonly Operation[],
  random: Random,
  rename: (value: unknown) => unknown,
) => readonly Operation[] | undefined;

const inOrder = (operations: Operation[]): Operation[] =>
  operations.sort((one, other) => one.invoked - other.invoked);

const without = (operations: readonly Operation[], out: Operation): Operation[] =>
  operations.filter((operation) => operation !== out);

/** A random one of the operations that fit, or undefined. */
function some(
  operations: readonly Operation[],
  random: Random,
  fits: (operation: Operation) => boolean,
): Operation | undefined {
  const fitting = operations.filter(fits);
  return fitting.length === 0 ? undefined : pick(random, fitting);
}

const unknown = { status: "info", output: undefined, returned: Infinity } as const;

const observing = ({ f, status, output }: Operation): boolean =>
  status === "ok" &&
  (f === "read" || f === "get" || f === "contains" || (f === "cas" && output === false));

/** Changes by which verdicts they keep. */
export const laws: Readonly<Record<Keeps, Readonly<Record<string, Change>>>> = {
  both: {
    "processes renamed": (operations) =>
      operations.map((operation) => ({ ...operation, process: 1_000 - Number(operation.process) })),
    "time shifted, and stretched": (operations) =>
      operations.map((operation) => ({
        ...operation,
        invoked: 3 * operation.invoked + 1_000,
        returned: 3 * operation.returned + 1_000,
      })),
    "values renamed": (operations, _, rename) =>
      operations.map((operation) => ({
        ...operation,
        input: rename(operation.input),
        output: rename(operation.output),
      })),
    "a failed operation removed": (operations, random) => {
      const failed = some(operations, random, ({ status }) => status === "fail");
      return failed === undefined ? undefined : without(operations, failed);
    },
    "an observation made twice": (operations, random) => {
      const seen = some(operations, random, observing);
      return seen === undefined ? undefined : inOrder([...operations, { ...seen }]);
    },
  },
  valid: {
    "an interval widened": (operations, random) => {
      const operation = pick(random, operations);
      const invoked = Math.floor(2 * random() * (operation.invoked + 1)) / 2;
      const returned = operation.returned + Math.floor(random() * 20) / 2;
      return inOrder([...without(operations, operation), { ...operation, invoked, returned }]);
    },
    "a completion forgotten": (operations, random) => {
      const done = some(operations, random, ({ status }) => status === "ok");
      return operations.map((operation) =>
        operation === done ? { ...operation, ...unknown } : operation,
      );
    },
    "an observation removed": (operations, random) => {
      const seen = some(operations, random, observing);
      return seen === undefined ? undefined : without(operations, seen);
    },
    "the end cut off": (operations, random) => {
      const cut = Math.floor(random() * 2 * operations.length);
      return operations
        .filter(({ invoked }) => invoked < cut)
        .map((operation) => (operation.returned < cut ? operation : { ...operation, ...unknown }));
    },
  },
  invalid: {
    "an info removed": (operations, random) => {
      const crashed = some(operations, random, ({ status }) => status === "info");
      return crashed === undefined ? undefined : without(operations, crashed);
    },
  },
};

export type Keeps = "both" | "valid" | "invalid";

/** Which changes of a verdict are allowed, as "before after". */
export const allowed: Readonly<Record<Keeps, readonly string[]>> = {
  both: ["valid → valid", "invalid → invalid"],
  valid: ["valid → valid", "invalid → valid", "invalid → invalid"],
  invalid: ["valid → valid", "valid → invalid", "invalid → invalid"],
};
