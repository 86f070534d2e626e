import type { Operation } from "../histories/event.ts";
import type { Call, Model } from "./model.ts";

/** Numbers from a seed (mulberry32), 0 ≤ x < 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export interface Shape<State> {
  readonly model: Model<State>;
  readonly clients: number;
  readonly operations: number;
  /** The share of operations whose outcome stays unknown, and of those that fail cleanly. */
  readonly crashed: number;
  readonly failed?: number;
  readonly keys?: number;
  /** The next call, without its output. */
  call(random: () => number, count: number): { f: string; input: unknown };
  /** What a call answers in this state. Default: always null. */
  answer?(state: State, call: Call): unknown;
}

type Draft = { -readonly [Field in keyof Operation]: Operation[Field] };

interface Pending {
  readonly operation: Draft;
  readonly ending: "ok" | "fail" | "info";
  /** Whether it has yet to take effect. */
  due: boolean;
}

/**
 * A history that is linearizable by construction: each operation takes effect at one moment between its invoke and
 * its return; a crashed one in half of the cases.
 */
export function randomHistory<State>(shape: Shape<State>, random: () => number): Operation[] {
  const { model, clients, keys = 1, failed = 0 } = shape;
  const states = new Map<string, State>();
  const operations: Draft[] = [];
  const busy = new Map<number, Pending>();
  const numbers = Array.from({ length: clients }, (_, client) => client);
  let index = 0;

  const start = (client: number): void => {
    const { f, input } = shape.call(random, operations.length);
    const operation: Draft = {
      process: numbers[client]!,
      f,
      key: `k${Math.floor(random() * keys)}`,
      input,
      status: "info",
      output: undefined,
      error: undefined,
      invoked: index,
      returned: Number.POSITIVE_INFINITY,
      invoked_ns: index++,
      returned_ns: Number.POSITIVE_INFINITY,
    };
    operations.push(operation);
    const ending = random() < failed ? "fail" : random() < shape.crashed ? "info" : "ok";
    const due = ending === "ok" || (ending === "info" && random() < 0.5);
    busy.set(client, { operation, ending, due });
  };

  const takeEffect = (pending: Pending): void => {
    const { operation } = pending;
    const state = states.get(operation.key) ?? model.init;
    const { f, input } = operation;
    const output = shape.answer?.(state, { f, input, output: undefined }) ?? null;
    const next = model.step(state, { f, input, output });
    if (next === undefined) operation.status = "fail";
    else {
      operation.output = output;
      states.set(operation.key, next);
    }
    pending.due = false;
  };

  const finish = (client: number, pending: Pending): void => {
    const { operation, ending } = pending;
    if (pending.due) takeEffect(pending);
    busy.delete(client);
    if (operation.status !== "fail") operation.status = ending;
    if (ending === "info") {
      Object.assign(operation, { status: "info", output: undefined });
      numbers[client] = numbers[client]! + clients;
    } else operation.returned = operation.returned_ns = index++;
  };

  while (operations.length < shape.operations || busy.size > 0) {
    const client = Math.floor(random() * clients);
    const pending = busy.get(client);
    if (pending === undefined) {
      if (operations.length < shape.operations) start(client);
    } else if (pending.due && random() < 0.5) takeEffect(pending);
    else finish(client, pending);
  }
  return operations;
}
