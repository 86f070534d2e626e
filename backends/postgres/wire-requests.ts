/** Reads the client's messages: https://www.postgresql.org/docs/current/protocol-message-formats.html */
import type { Reword } from "../sql-mending.ts";
import { valueOf } from "./wire-values.ts";

/** A prepared statement, as Parse named it. */
export interface Prepared {
  readonly sql: string;
  /** Numbers of the parameters' types; 0 or missing if the client left them to the server. */
  types: readonly number[];
  columns?: readonly Column[];
}

/** A prepared statement with its values, as Bind named it. */
export interface Portal {
  readonly prepared: Prepared | undefined;
  readonly values: readonly (Buffer | null)[];
  readonly formats: readonly number[];
  readonly result_formats: readonly number[];
  columns?: readonly Column[];
}

export interface Column {
  readonly name: string;
  readonly type: number;
  readonly format: number;
}

/** One message that the server answers, in the order of the answers. */
export type Item =
  | { readonly kind: "parse"; readonly sql: string }
  | { readonly kind: "bind"; readonly portal: Portal | undefined }
  | { readonly kind: "close" }
  | { readonly kind: "describe"; readonly of: Prepared | Portal | undefined }
  | { readonly kind: "execute"; readonly portal: Portal | undefined };

/** Reads a message's body from left to right. */
export class Body {
  readonly #bytes: Buffer;
  #at: number;

  /** @param at where the body begins: after the type and the length */
  constructor(message: Buffer, at = 5) {
    this.#bytes = message;
    this.#at = at;
  }

  text(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    const text = this.#bytes.toString("utf8", this.#at, end < 0 ? undefined : end);
    this.#at = end < 0 ? this.#bytes.length : end + 1;
    return text;
  }

  byte(): string {
    return String.fromCharCode(this.#bytes[this.#at++] ?? 0);
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  /** A value with its length before it; null when the length is -1. */
  value(): Buffer | null {
    const length = this.int32();
    if (length < 0) return null;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  list<T>(read: () => T): T[] {
    const all: T[] = [];
    for (let left = this.int16(); left > 0; left--) all.push(read());
    return all;
  }
}

export function readPortal(body: Body, prepared: Prepared | undefined): Portal {
  const formats = body.list(() => body.int16());
  const values = body.list(() => body.value());
  const result_formats = body.list(() => body.int16());
  return { prepared, formats, values, result_formats };
}

/** A query or a Parse with another statement; any other message as it is. */
export function reworded(message: Buffer, reword: Reword): Buffer {
  const type = String.fromCharCode(message[0]!);
  if (type !== "Q" && type !== "P") return message;
  // Before the statement of a Parse is its name.
  const begin = type === "Q" ? 5 : message.indexOf(0, 5) + 1;
  const end = message.indexOf(0, begin);
  if (begin < 5 || end < 0) return message;
  const sql = message.toString("utf8", begin, end);
  const changed = reword(sql);
  if (changed === sql) return message;
  const bytes = Buffer.concat([
    message.subarray(0, begin),
    Buffer.from(changed),
    message.subarray(end),
  ]);
  bytes.writeUInt32BE(bytes.length - 1, 1);
  return bytes;
}

export function readColumns(message: Buffer): Column[] {
  const body = new Body(message);
  return body.list(() => {
    const name = body.text();
    body.int32();
    body.int16();
    const type = body.int32();
    body.int16();
    body.int32();
    return { name, type, format: body.int16() };
  });
}

/** A portal's values, in the types of its statement. One format may stand for all of them. */
export function valuesOf({ values, formats, prepared }: Portal): unknown[] {
  return values.map((bytes, i) => {
    const format = formats.length === 1 ? formats[0] : formats[i];
    return bytes === null ? null : valueOf(bytes, prepared?.types[i] ?? 0, format ?? 0);
  });
}

export function readRow(message: Buffer, columns: readonly Column[]): Record<string, unknown> {
  const body = new Body(message);
  const row: Record<string, unknown> = {};
  body
    .list(() => body.value())
    .forEach((bytes, i) => {
      const { name = `column ${i + 1}`, type = 0, format = 0 } = columns[i] ?? {};
      row[name] = bytes === null ? null : valueOf(bytes, type, format);
    });
  return row;
}

export function readError(message: Buffer): { code: string; message: string } {
  const fields = fieldsOf(message);
  return { code: fields.get("C") ?? "error", message: fields.get("M") ?? "" };
}

/** Whether the connection ends with this error. `V` is never translated; `S` may be. */
export function isFatal(message: Buffer): boolean {
  const fields = fieldsOf(message);
  return ["FATAL", "PANIC"].includes(fields.get("V") ?? fields.get("S") ?? "");
}

/** The fields of an error: a letter and a text each. */
function fieldsOf(message: Buffer): Map<string, string> {
  const body = new Body(message);
  const fields = new Map<string, string>();
  for (let field = body.byte(); field !== "\0"; field = body.byte()) fields.set(field, body.text());
  return fields;
}
