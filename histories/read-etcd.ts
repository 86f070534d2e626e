import { HistoryError } from "./history-error.ts";
import { emitIntervals, type Interval } from "./intervals.ts";
import { isRecord } from "./json-event.ts";
import { parseJsonLine } from "./json-line.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { Parser, ParserOptions, Sink } from "./parser.ts";

type Fields = Record<string, unknown>;

/** What `operations.json` of etcd's robustness tests begins with. */
export const etcd_beginning: RegExp = /^\s*\{\s*"ClientId"\s*:/;

/**
 * `operations.json` of etcd's robustness tests (one porcupine.Operation a line), as `get`, `put` and `delete` of
 * single keys, for the model kv. A transaction counts for each of its keys by itself: it is not judged whether its
 * keys changed at the same moment, nor are conditions, revisions, versions, reads of ranges and reads of the past.
 * If leases make keys vanish, nothing can be judged.
 */
export class EtcdParser implements Parser {
  readonly #sink: Sink;
  readonly #lines: LineSplitter;
  readonly #intervals: Interval[] = [];
  readonly #clients = new Set<unknown>();
  #left_out = 0;

  constructor(sink: Sink, { longest }: ParserOptions = {}) {
    this.#sink = sink;
    this.#lines = new LineSplitter(longest);
  }

  push(piece: string): void {
    this.#lines.push(piece, (text, line) => this.#take(text, line));
  }

  end(): void {
    this.#lines.end((text, line) => this.#take(text, line));
    emitIntervals(this.#intervals, true, this.#sink);
    this.#sink.note(
      "Each key was judged by itself, by its values: no conditions, no revisions, and not whether a transaction's keys changed at the same moment.",
    );
    if (this.#left_out > 0)
      this.#sink.note(
        `${this.#left_out} requests, or parts of them, were left out: reads of ranges, of the past, without an answer, or of what the same transaction writes, and what touches no key.`,
      );
    if (this.#clients.size === 1)
      this.#sink.doubt(
        "the file has the operations of one client only; put those of all into one: cat client-*/operations.json",
      );
  }

  #take(text: string, line: number): void {
    if (text.trim() === "") return;
    try {
      this.#operation(parseJsonLine(text), line);
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error;
      throw new HistoryError(`line ${line}: ${error.message}.`, line);
    }
  }

  #operation(given: unknown, line: number): void {
    const { ClientId, Input, Output, Call, Return } = fields(given);
    if (!isTime(Call) || !isTime(Return) || Call > Return)
      throw new HistoryError('an operation needs "Call" and "Return", a time and a later one', 0);
    this.#clients.add(ClientId);
    for (const request of requests(fields(Input), fields(Output)))
      if (request === undefined) this.#left_out++;
      else this.#intervals.push({ ...request, from: Call, to: Return, line });
  }
}

type Request = Pick<Interval, "f" | "key" | "input" | "output">;

/** What a request did to each single key; undefined for what is left out. */
function requests(input: Fields, output: Fields): (Request | undefined)[] {
  const known = !output["Error"] && !output["ClientError"] && !output["Persisted"];
  switch (input["Type"]) {
    case "range":
      return [known ? get(fields(input["Range"]), answerOf(output, "Range")) : undefined];
    case "txn":
      return transaction(fields(input["Txn"]), known ? answerOf(output, "Txn") : undefined);
    case "leaseGrant":
    case "defragment":
    case "compact":
      return [undefined];
    case "leaseRevoke":
      throw new HistoryError("a lease is revoked, which deletes keys that nobody names", 0);
    default:
      throw new HistoryError(`there is no request of type ${JSON.stringify(input["Type"])}`, 0);
  }
}

/** @throws HistoryError when there is none, though there is no error */
function answerOf(output: Fields, type: "Range" | "Txn"): Fields {
  if (isRecord(output[type])) return output[type];
  throw new HistoryError(`the "Output" has no error, and no "${type}"`, 0);
}

function get({ Start, End, Revision }: Fields, answer: unknown): Request | undefined {
  if (End || Revision || typeof Start !== "string") return undefined;
  const [found] = list(fields(answer)["KVs"]);
  const output = found === undefined ? null : valueOf(fields(found)["Value"]);
  return { f: "get", key: Start, input: null, output };
}

/** @param answer undefined when nobody knows it */
function transaction(txn: Fields, answer: Fields | undefined): (Request | undefined)[] {
  const [success, failure] = [list(txn["OperationsOnSuccess"]), list(txn["OperationsOnFailure"])];
  if (answer === undefined) return [...success, ...failure].flatMap((each) => step(fields(each)));
  const results = list(answer["Results"]);
  const taken = answer["Failure"] === true ? failure : success;
  const written = new Set(taken.flatMap((each) => step(fields(each)).map(({ key }) => key)));
  return taken.flatMap((each, index) => {
    const of = fields(each);
    if (of["Type"] !== "range-operation")
      return step(of).map((request) => ({ ...request, output: true }));
    const read = get(fields(of["Range"]), results[index]);
    // In a transaction that also writes the key, it is not known whether the read came before or after the write.
    return [read !== undefined && written.has(read.key) ? undefined : read];
  });
}

/** The put or delete of a transaction, without its outcome; a read is left out. */
function step(operation: Fields): Request[] {
  switch (operation["Type"]) {
    case "range-operation":
      return [];
    case "put-operation": {
      const { Key, Value, LeaseID } = fields(operation["Put"]);
      if (LeaseID)
        throw new HistoryError(`the key ${String(Key)} has a lease, and vanishes with it`, 0);
      return [{ f: "put", key: String(Key), input: valueOf(Value), output: undefined }];
    }
    case "delete-operation": {
      const key = String(fields(operation["Delete"])["Key"]);
      return [{ f: "delete", key, input: null, output: undefined }];
    }
    default:
      throw new HistoryError(`there is no operation ${JSON.stringify(operation["Type"])}`, 0);
  }
}

/** The value; for long values the file only has a hash. */
function valueOf(given: unknown): string {
  const { Value = "", Hash } = fields(given);
  return typeof Hash === "number" && Hash !== 0 ? `hash ${Hash}` : String(Value);
}

function fields(given: unknown): Fields {
  return isRecord(given) ? given : {};
}

function list(given: unknown): readonly unknown[] {
  return Array.isArray(given) ? given : [];
}

function isTime(value: unknown): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}
