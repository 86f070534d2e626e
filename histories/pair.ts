import type { HistoryEvent, Operation, Process } from "./event.ts";
import { HistoryError } from "./history-error.ts";

type Open = { -readonly [Field in keyof Operation]: Operation[Field] };

/**
 * Joins each invoke with its completion, event by event.
 * What never completed is `info`. Nemesis events are no operations: they are only counted.
 */
export class Pairing {
  readonly operations: Operation[] = [];
  events = 0;
  readonly #open = new Map<Process, { operation: Open; line: number | undefined }>();

  /**
   * @param line where it stands in a file, if it was read from one
   * @throws HistoryError for a second invoke of one process, or a completion without an invoke.
   */
  add(event: HistoryEvent, line?: number): void {
    this.events++;
    if (event.process === "nemesis") return;
    const before = this.#open.get(event.process);
    if (event.type === "invoke") {
      if (before !== undefined)
        throw new HistoryError(
          `${placeOf(event.index, line)}: process ${event.process} starts an operation, but its last one (${placeOf(before.operation.invoked, before.line)}) has not returned.`,
          line,
        );
      const operation: Open = {
        process: event.process,
        f: event.f,
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
      this.operations.push(operation);
      this.#open.set(event.process, { operation, line });
      return;
    }
    if (before === undefined)
      throw new HistoryError(
        `${placeOf(event.index, line)}: process ${event.process} has an "${event.type}" without an invoke before it.`,
        line,
      );
    this.#open.delete(event.process);
    complete(before.operation, event);
    before.operation.returned_line = line;
  }
}

/** A history that was never in a file has no lines. */
const placeOf = (index: number, line: number | undefined): string =>
  line === undefined ? `event ${index}` : `line ${line}`;

function complete(operation: Open, event: Exclude<HistoryEvent, { type: "invoke" }>): void {
  operation.status = event.type;
  if (event.type === "ok") operation.output = event.output;
  else operation.error = event.error;
  if (event.type === "info") return;
  operation.returned = event.index;
  operation.returned_ns = event.time_ns;
}
