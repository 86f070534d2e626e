import type { HistoryEvent, Operation, Process } from "./event.ts";
import { HistoryError } from "./history-error.ts";
import { type Open, OperationTable } from "./operation-table.ts";

type Completion = Exclude<HistoryEvent, { type: "invoke" }>;

/** Completions without an invoke: the history begins in the middle, or has lost lines. */
export interface Unmatched {
  readonly count: number;
  /** The line of the first of them. */
  readonly line: number | undefined;
  readonly process: Process;
  readonly type: string;
  /** Whether the first of them was the first event of its process: then the history begins in the middle. */
  readonly begins_late: boolean;
  /** How many do not even tell what was done. Neither they nor their effects can be judged. */
  readonly left_out: number;
  /** How many failed: these changed nothing. */
  readonly failed: number;
}

/**
 * Joins each invoke with its completion, event by event.
 * An operation that never completed is `info`. Nemesis events are not operations: they are only counted. A completion
 * without an invoke stands for an operation that may have happened at any time: if it tells what was done, it becomes
 * an `info` that began before all others.
 */
export class Pairing {
  events = 0;
  unmatched: Unmatched | undefined;
  /** The names of operations that were replaced. */
  readonly renamed: Set<string> = new Set();
  readonly #operations: Operation[] = [];
  /** Operations that began before the first event. */
  readonly #earlier: Open[] = [];
  readonly #open = new Map<Process, { operation: Open; line: number | undefined }>();
  readonly #seen = new Set<Process>();
  /** Each name and key once: a long history repeats them in every line. */
  readonly #texts = new Map<string, string>();
  readonly #names: Readonly<Record<string, string>> | undefined;
  readonly #whole: boolean;
  /** Where the operations lie, if not each in an object of its own. */
  readonly #table: OperationTable | undefined;

  /**
   * @param whole whether a completion without an invoke is an error
   * @param names other names for operations: { lock: "acquire" }
   * @param dense operations take a fraction of the memory, but cannot be copied by spread
   */
  constructor(whole = true, names?: Readonly<Record<string, string>>, dense = false) {
    this.#whole = whole;
    this.#names = names;
    this.#table = dense ? new OperationTable() : undefined;
  }

  /** In the order of their invokes. */
  get operations(): Operation[] {
    for (const [index, operation] of this.#earlier.entries())
      operation.invoked = index - this.#earlier.length;
    return this.#earlier.length === 0 ? this.#operations : [...this.#earlier, ...this.#operations];
  }

  /**
   * @param line where it stands in a file, if it was read from one
   * @throws HistoryError for an invoke while the process has one open, for a completion that does not fit the invoke,
   *   and for one without an invoke
   */
  add(event: HistoryEvent, line?: number): void {
    this.events++;
    if (event.process === "nemesis") return;
    const before = this.#open.get(event.process);
    if (event.type === "invoke") {
      if (before !== undefined)
        throw wrong(
          `process ${event.process} starts an operation, but its last one (${placeOf(before.operation.invoked, before.line)}) has not returned`,
          event,
          line,
        );
      const plain = begun(event, this.#once(this.#name(event.f)), line);
      plain.key = this.#once(event.key);
      const operation = this.#table?.add(plain) ?? plain;
      this.#operations.push(operation);
      this.#seen.add(event.process);
      this.#open.set(event.process, { operation, line });
    } else if (before === undefined) this.#alone(event, line);
    else {
      this.#open.delete(event.process);
      this.#mustFit(before.operation, event, line);
      complete(before.operation, event, line);
    }
  }

  #once(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }

  #name(f: string): string {
    const names = this.#names;
    if (names === undefined || !Object.hasOwn(names, f)) return f;
    this.renamed.add(f);
    return names[f]!;
  }

  #mustFit({ f, key }: Open, event: Completion, line: number | undefined): void {
    const { process, type } = event;
    if (event.f !== undefined && this.#name(event.f) !== f)
      throw wrong(
        `process ${process} has the "${type}" of "${event.f}", but it invoked "${f}"`,
        event,
        line,
      );
    if (event.key !== undefined && event.key !== key)
      throw wrong(
        `process ${process} has the "${type}" of key ${event.key}, but it invoked key ${key}`,
        event,
        line,
      );
  }

  #alone(event: Completion, line: number | undefined): void {
    const { process, type, f } = event;
    if (this.#whole)
      throw wrong(`process ${process} has an "${type}" without an invoke before it`, event, line);
    // Jepsen's `ok` repeats the input.
    const known = event.type === "ok" && event.jepsen === true && f !== undefined;
    if (known) {
      const { output: input, key = "" } = event;
      const invoke = { index: 0, time_ns: 0, process, type: "invoke", f, key, input } as const;
      this.#earlier.push({ ...begun(invoke, this.#name(f), undefined), returned_line: line });
    }
    const { unmatched } = this;
    this.unmatched = {
      line: unmatched === undefined ? line : unmatched.line,
      process: unmatched?.process ?? process,
      type: unmatched?.type ?? type,
      count: (unmatched?.count ?? 0) + 1,
      begins_late: unmatched?.begins_late === true || !this.#seen.has(process),
      left_out: (unmatched?.left_out ?? 0) + (known || type === "fail" ? 0 : 1),
      failed: (unmatched?.failed ?? 0) + (type === "fail" ? 1 : 0),
    };
  }
}

function begun(
  event: Extract<HistoryEvent, { type: "invoke" }>,
  f: string,
  line: number | undefined,
): Open {
  return {
    process: event.process,
    f,
    key: event.key,
    input: event.input,
    status: "info",
    output: undefined,
    error: undefined,
    invoked: event.index,
    returned: Number.POSITIVE_INFINITY,
    invoked_ns: event.time_ns,
    returned_ns: Number.POSITIVE_INFINITY,
    invoked_line: line,
    returned_line: undefined,
  };
}

function complete(operation: Open, event: Completion, line: number | undefined): void {
  operation.status = event.type;
  operation.returned_line = line;
  if (event.type === "ok") {
    const repeats = event.jepsen === true && operation.f === "add";
    operation.output = repeats && event.output === operation.input ? null : event.output;
  } else operation.error = event.error;
  if (event.type === "info") return;
  operation.returned = event.index;
  operation.returned_ns = event.time_ns;
}

/** A history that was never in a file has no lines. */
function placeOf(index: number, line: number | undefined): string {
  return line === undefined ? `event ${index}` : `line ${line}`;
}

function wrong(what: string, { index }: HistoryEvent, line: number | undefined): HistoryError {
  return new HistoryError(`${placeOf(index, line)}: ${what}.`, line);
}
