import type { Reply, Request } from "../wire.ts";
import { head_bytes, Packet, status, statusPlaceOfOk } from "./wire-packets.ts";
import { type Column, readBinaryRow, readColumn, readTextRow } from "./wire-values.ts";

/** How many rows of a reply are kept to be shown; all are counted. */
const rows_kept = 5;
/** The packet that ends rows is shorter than any row that begins like it. */
const end_bytes_max = 0xffffff;

/** What the client and the server agreed on when they met. */
export interface Agreed {
  /** Rows end with an OK packet, and columns without any packet. */
  readonly no_eof: boolean;
}

/**
 * The form of a command's reply. `rows` = the rest of a cursor; `log-in`: the server may ask for proofs before its OK;
 * `fields`, `line`: old commands.
 */
export type Form = "text" | "binary" | "prepare" | "rows" | "log-in" | "fields" | "line";

type Stage = "first" | "columns" | "end of columns" | "rows" | "params" | "file";

/** The expected reply to a command, packet by packet. */
export class Expected {
  readonly is_request: boolean;
  /** The client's; undefined if the door asks for itself. */
  request: Request | undefined;
  /** The text of a PREPARE. */
  preparing: string | undefined;
  /** Its OK makes the session like a new one. */
  resets = false;
  /** The status in the last OK, or end of rows. */
  status: number | undefined;
  /** The answer to a PREPARE. */
  prepared: { readonly id: number; readonly params: number } | undefined;
  readonly #form: Form;
  readonly #agreed: Agreed;
  #stage: Stage;
  #left = 0;
  #columns: Column[] = [];
  #rows: Record<string, unknown>[] | undefined;
  #row_count = 0;
  #changed: number | undefined;
  #error: Reply["error"] | undefined;

  constructor(form: Form, is_request: boolean, agreed: Agreed) {
    this.#form = form;
    this.is_request = is_request;
    this.#agreed = agreed;
    this.#stage = form === "rows" ? "rows" : "first";
  }

  reply(): Reply {
    if (this.#error) return { error: this.#error };
    if (this.#rows) return { rows: this.#rows, row_count: this.#row_count };
    return this.#changed === undefined ? { word: "OK" } : { changed: this.#changed };
  }

  /** Takes the server's next packet. @returns whether the reply ends with it */
  take(bytes: Buffer): boolean {
    const first = bytes[head_bytes];
    if (first === 0xff) {
      this.#error = readError(bytes);
      return true;
    }
    if (this.#form === "line") return true;
    if (this.#form === "fields") return this.#isEnd(bytes);
    if (this.#stage === "first") return this.#takeFirst(bytes, first);
    if (this.#stage === "columns") return this.#takeColumn(bytes);
    if (this.#stage === "params") return this.#takeParam();
    if (this.#stage === "end of columns") return this.#endColumns(bytes);
    return this.#takeRow(bytes);
  }

  #takeFirst(bytes: Buffer, first: number | undefined): boolean {
    if (first === 0x00)
      return this.#form === "prepare" ? this.#prepare(bytes) : this.#takeOk(bytes);
    if (this.#form === "log-in") return false;
    // Now the client sends a file; its answer comes in this form again.
    if (first === 0xfb) return false;
    this.#left = new Packet(bytes).lengthEncoded() ?? 0;
    this.#columns = [];
    this.#rows = [];
    this.#row_count = 0;
    this.#stage = "columns";
    return false;
  }

  #takeOk(bytes: Buffer): boolean {
    this.#changed = new Packet(bytes, head_bytes + 1).lengthEncoded() ?? 0;
    this.#rows = undefined;
    return this.#endResult(bytes.readUInt16LE(statusPlaceOfOk(bytes)));
  }

  /** Of several results, the last one is kept. */
  #endResult(now: number): boolean {
    this.status = now;
    this.#stage = "first";
    return (now & status.more_results) === 0;
  }

  /** The statement's number, and how many columns and parameters are described behind it. */
  #prepare(bytes: Buffer): boolean {
    const reader = new Packet(bytes, head_bytes + 1);
    const id = reader.int(4);
    const columns = reader.int(2);
    const params = reader.int(2);
    this.prepared = { id, params };
    const ends = this.#agreed.no_eof ? 0 : 1;
    this.#left = (params > 0 ? params + ends : 0) + (columns > 0 ? columns + ends : 0);
    this.#stage = "params";
    return this.#left === 0;
  }

  #takeParam(): boolean {
    return --this.#left === 0;
  }

  #takeColumn(bytes: Buffer): boolean {
    this.#columns.push(readColumn(new Packet(bytes)));
    if (--this.#left === 0) this.#stage = this.#agreed.no_eof ? "rows" : "end of columns";
    return false;
  }

  /** With a cursor, the rows are fetched later. */
  #endColumns(bytes: Buffer): boolean {
    const now = bytes.readUInt16LE(head_bytes + 3);
    this.#stage = "rows";
    return (now & status.cursor_exists) !== 0 && this.#endResult(now & ~status.more_results);
  }

  #takeRow(bytes: Buffer): boolean {
    if (this.#isEnd(bytes)) {
      const place = this.#agreed.no_eof ? statusPlaceOfOk(bytes) : head_bytes + 3;
      return this.#endResult(bytes.readUInt16LE(place));
    }
    this.#rows ??= [];
    this.#row_count++;
    if (this.#rows.length < rows_kept && this.#columns.length > 0) {
      const read = this.#form === "text" ? readTextRow : readBinaryRow;
      this.#rows.push(read(new Packet(bytes), this.#columns));
    }
    return false;
  }

  #isEnd(bytes: Buffer): boolean {
    const longest = this.#agreed.no_eof ? end_bytes_max : 9;
    return bytes[head_bytes] === 0xfe && bytes.length - head_bytes < longest;
  }
}

function readError(bytes: Buffer): { code: string; message: string } {
  const reader = new Packet(bytes, head_bytes + 1);
  const code = String(reader.int(2));
  const said = reader.rest().toString("utf8");
  return { code, message: said.startsWith("#") ? said.slice(6) : said };
}
