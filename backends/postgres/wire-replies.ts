import type { Reply, Request } from "../wire.ts";
import {
  type Column,
  type Item,
  type Portal,
  readColumns,
  readError,
  readRow,
} from "./wire-requests.ts";

/** How many rows of a reply are kept to be shown; all are counted. */
const rows_kept = 5;
/** Each of these answers one message of a batch. */
const answers = "123TnCsI";

export interface Expectation {
  readonly until_ready: boolean;
  readonly is_request: boolean;
  readonly request?: Request;
  /** Behind it comes the answer to the next statement of the same text, unless this one has failed. */
  readonly goes_on?: boolean;
}

/** The expected reply to what was sent, and what has come of it so far. */
export class Expected {
  /** Ends with ReadyForQuery; otherwise with the answer to its last item. */
  readonly until_ready: boolean;
  readonly is_request: boolean;
  /** The client's; undefined if the door asks for itself. */
  readonly request: Request | undefined;
  readonly goes_on: boolean;
  readonly #items: readonly Item[];
  #next = 0;
  #columns: readonly Column[] | undefined;
  #rows: Record<string, unknown>[] | undefined;
  #row_count = 0;
  #tag = "";
  #error: Reply["error"] | undefined;

  /** @param items what the server answers one by one; empty for a simple query, which is answered as a whole */
  constructor(items: readonly Item[], how: Expectation) {
    this.#items = items;
    this.until_ready = how.until_ready;
    this.is_request = how.is_request;
    this.request = how.request;
    this.goes_on = how.goes_on ?? false;
  }

  get failed(): boolean {
    return this.#error !== undefined;
  }

  /** Takes the server's next message. @returns whether the reply ends with it */
  take(type: string, message: Buffer): boolean {
    const item = this.#items[this.#next];
    try {
      this.#note(type, message, item);
    } catch {
      // If a message cannot be read, the client will report that.
    }
    if (type === "Z") return this.until_ready;
    if (type === "E") return !this.until_ready;
    // The description of a statement has its parameters first, and then its columns, if it has any.
    if (item === undefined || !answers.includes(type)) return false;
    this.#next++;
    return !this.until_ready && this.#next === this.#items.length;
  }

  reply(): Reply {
    if (this.#error) return { error: this.#error };
    if (this.#rows) return { rows: this.#rows, row_count: this.#row_count };
    const [, changed] = /^(?:INSERT \d+|UPDATE|DELETE|MERGE|COPY) (\d+)$/.exec(this.#tag) ?? [];
    if (changed !== undefined) return { changed: Number(changed) };
    // Whoever has not asked for the columns gets rows without a description.
    const [, selected] = /^SELECT (\d+)$/.exec(this.#tag) ?? [];
    if (selected !== undefined) return { row_count: Number(selected) };
    // COMMIT of a failed transaction answers ROLLBACK: worth showing.
    return { word: this.#tag === "ROLLBACK" ? "ROLLBACK" : "OK" };
  }

  #note(type: string, message: Buffer, item: Item | undefined): void {
    if (type === "E") this.#error = readError(message);
    else if (type === "t") this.#learnTypes(item, message);
    else if (type === "T") this.#learnColumns(item, readColumns(message));
    else if (type === "D") this.#addRow(item, message);
    else if ("CsI".includes(type) && (item === undefined || item.kind === "execute"))
      this.#endOfStatement(
        item,
        type === "C" ? message.toString("latin1", 5, message.length - 1) : "",
      );
  }

  #learnTypes(item: Item | undefined, message: Buffer): void {
    if (item?.kind !== "describe" || item.of === undefined || !("sql" in item.of)) return;
    const count = message.readInt16BE(5);
    item.of.types = Array.from({ length: count }, (_, i) => message.readInt32BE(7 + 4 * i));
  }

  #learnColumns(item: Item | undefined, columns: Column[]): void {
    if (item?.kind === "describe" && item.of) item.of.columns = columns;
    if (item === undefined) this.#columns = columns;
    if (item === undefined) this.#startRows();
  }

  #startRows(): void {
    this.#rows = [];
    this.#row_count = 0;
  }

  #addRow(item: Item | undefined, message: Buffer): void {
    if (this.#rows === undefined) this.#startRows();
    this.#row_count++;
    if (this.#rows!.length >= rows_kept) return;
    this.#rows!.push(readRow(message, this.#columns ?? columnsOf(portalOf(item))));
  }

  /** Of several statements in one request, the last one is kept. */
  #endOfStatement(item: Item | undefined, tag: string): void {
    this.#tag = tag;
    const columns = this.#columns ?? columnsOf(portalOf(item));
    this.#columns = undefined;
    if (columns.length === 0) this.#rows = undefined;
    else if (this.#rows === undefined) this.#startRows();
  }
}

function portalOf(item: Item | undefined): Portal | undefined {
  return item?.kind === "execute" ? item.portal : undefined;
}

/**
 * The columns as the portal was described, or else as its statement was: then the portal says in which format the
 * values come.
 */
function columnsOf(portal: Portal | undefined): readonly Column[] {
  if (portal?.columns) return portal.columns;
  const { result_formats = [] } = portal ?? {};
  return (portal?.prepared?.columns ?? []).map((column, i) => ({
    ...column,
    format: (result_formats.length === 1 ? result_formats[0] : result_formats[i]) ?? 0,
  }));
}
