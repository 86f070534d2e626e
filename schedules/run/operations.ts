import { now_ms } from "../../backends/real-time.ts";
import type { HistoryEvent } from "../../histories/event.ts";
import { plainData } from "../../histories/plain-data.ts";
import type { OperationNames } from "../program.ts";
import type { OperationResult } from "../trace.ts";

type Event = HistoryEvent extends infer E
  ? E extends HistoryEvent
    ? Omit<E, "index" | "time_ns">
    : never
  : never;

/** Records what becomes of the operations of one schedule, as history events and as results. */
export class OperationLog {
  readonly events: HistoryEvent[] = [];
  readonly #results: OperationResult[] = [];
  readonly #process: number[];
  /** The operation of each client that was invoked last. */
  readonly #invoked: number[] = [];
  readonly #operations: readonly number[];
  readonly #names: OperationNames;
  readonly #key: string;

  constructor(operations: readonly number[], names: OperationNames, key: string) {
    this.#operations = operations;
    this.#process = operations.map((_, i) => i + 1);
    this.#names = names;
    this.#key = key;
  }

  /** An operation begins with its first step, not when its schedule begins: what returned before must be seen. */
  invoked(client: number, operation: number): void {
    if (this.#invoked[client - 1] === operation) return;
    this.#invoked[client - 1] = operation;
    const names = this.#names;
    const { f, input } = typeof names === "function" ? names(client, operation) : names;
    this.#add({
      process: this.#current(client),
      type: "invoke",
      f,
      key: this.#key,
      input: plainData(input),
    });
  }

  ok(client: number, operation: number, output: unknown): void {
    this.invoked(client, operation);
    this.#add({ process: this.#current(client), type: "ok", output: plainData(output) ?? null });
    this.#results.push({ client, operation, status: "ok", output });
  }

  /** After `info` nobody knows what the process does: the client goes on under a new number. */
  failed(
    client: number,
    operation: number,
    type: "fail" | "info",
    code: string,
    error: unknown,
  ): void {
    this.invoked(client, operation);
    this.#add({ process: this.#current(client), type, error: code });
    this.#results.push({ client, operation, status: type, code, error });
    if (type === "info")
      this.#process[client - 1] = this.#current(client) + this.#operations.length;
  }

  /** By client and operation; what never returned is `open`. */
  results(): OperationResult[] {
    return this.#operations.flatMap((count, i) =>
      Array.from({ length: count }, (_, n): OperationResult => {
        const found = this.#results.find((r) => r.client === i + 1 && r.operation === n + 1);
        return found ?? { client: i + 1, operation: n + 1, status: "open" };
      }),
    );
  }

  #current(client: number): number {
    return this.#process[client - 1] as number;
  }

  #add(event: Event): void {
    const time_ns = Math.round(now_ms() * 1e6);
    this.events.push({ index: this.events.length, time_ns, ...event });
  }
}
