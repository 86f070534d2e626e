/** A request that a door has read, as a step. */
import type { Fact } from "../step-facts.ts";
import type { Reply, Request } from "../wire.ts";
import { isOutside, pathOutside } from "./folder.ts";
import { factsOf, keysOf, kindOf, statementOf, type Told } from "./step.ts";
import type { Call } from "./wire-requests.ts";

/** A reply, with what it was read from. */
export interface Answer extends Reply {
  readonly told?: readonly Told[];
}

/** @param watched nodes whose changes the client would hear of, so that they may change what it does */
export function requestOf({ operation, parts }: Call, watched: readonly string[]): Request {
  const all = parts.map(statementOf).join("; ");
  const is_one = parts.length === 1 && parts[0]?.operation === operation;
  const kinds = parts.map(kindOf);
  const keys = parts.map(keysOf);
  const outside = parts.find(({ path = "" }) => isOutside(path));
  return {
    statement: is_one ? all : `${operation}: ${all}`,
    kind: kinds.every((kind) => kind === "read") ? "read" : "write",
    keys: keys.includes(undefined)
      ? undefined
      : [...new Set([...(keys.flat() as string[]), ...watched])],
    commits_itself: false,
    ...(outside ? { outside: `the server's own ${pathOutside(outside.path!)}` } : {}),
    facts: (reply) => {
      const { told = [] } = reply as Answer;
      const facts = parts.map((part, i) => factsOf(part, told[i] ?? {}));
      return facts.includes(undefined) ? undefined : (facts.flat() as Fact[]);
    },
  };
}
