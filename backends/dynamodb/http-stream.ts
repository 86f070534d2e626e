import { joined } from "../frames.ts";

/** An HTTP/1.1 request or response, with its original bytes. */
export interface HttpMessage {
  /** `POST / HTTP/1.1`, `HTTP/1.1 200 OK`. */
  readonly first_line: string;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Without the chunk headers. */
  readonly body: Buffer;
  readonly bytes: Buffer;
}

/** Anything with a longer head is not HTTP. */
const longest_head = 2 ** 16;
const head_end = Buffer.from("\r\n\r\n");
const line_end = Buffer.from("\r\n");

/** Cuts a stream into HTTP/1.1 messages: by their length, or by their chunks. */
export class HttpStream {
  #pieces: Buffer[] = [];
  #held = 0;
  /** How many bytes there must be before the next message can be complete. */
  #needed = 0;
  #is_garbled = false;

  /** @returns whole messages, and bytes that are not HTTP: after those, everything is passed on as it is */
  take(bytes: Buffer): { messages: HttpMessage[]; garbled: Buffer | undefined } {
    if (this.#is_garbled) return { messages: [], garbled: bytes };
    this.#pieces.push(bytes);
    this.#held += bytes.length;
    if (this.#held < this.#needed) return { messages: [], garbled: undefined };
    let rest = joined(this.#pieces);
    const messages: HttpMessage[] = [];
    for (;;) {
      const read = readMessage(rest);
      if (read === "garbled") {
        this.#is_garbled = true;
        return { messages, garbled: rest };
      }
      if (typeof read === "number") {
        this.#needed = read;
        break;
      }
      messages.push(read);
      rest = rest.subarray(read.bytes.length);
    }
    this.#pieces = rest.length > 0 ? [rest] : [];
    this.#held = rest.length;
    return { messages, garbled: undefined };
  }
}

/** @returns a number when the message is not complete: how many bytes it needs at least */
function readMessage(bytes: Buffer): HttpMessage | number | "garbled" {
  const end = bytes.indexOf(head_end);
  if (end < 0) return bytes.length > longest_head ? "garbled" : bytes.length + 1;
  const [first_line = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  if (!/^HTTP\/1\.|^[A-Z]+ \S+ HTTP\/1\./.test(first_line)) return "garbled";
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const from = end + head_end.length;
  if (/chunked/i.test(headers.get("transfer-encoding") ?? "")) {
    const chunks = readChunks(bytes, from);
    if (chunks === "garbled" || typeof chunks === "number") return chunks;
    const { body, to } = chunks;
    return { first_line, headers, body, bytes: bytes.subarray(0, to) };
  }
  const length = Number(headers.get("content-length") ?? 0);
  if (!Number.isSafeInteger(length) || length < 0) return "garbled";
  const to = from + length;
  if (bytes.length < to) return to;
  return { first_line, headers, body: bytes.subarray(from, to), bytes: bytes.subarray(0, to) };
}

function readChunks(
  bytes: Buffer,
  from: number,
): { body: Buffer; to: number } | number | "garbled" {
  const parts: Buffer[] = [];
  for (let at = from; ; ) {
    const line = bytes.indexOf(line_end, at);
    if (line < 0) return bytes.length + 1;
    const size = bytes.subarray(at, line).toString("latin1").split(";")[0]!.trim();
    if (!/^[0-9a-f]{1,8}$/i.test(size)) return "garbled";
    const length = Number.parseInt(size, 16);
    const begin = line + line_end.length;
    if (length === 0) {
      // The trailers that may follow the last chunk end with an empty line.
      const end = bytes.indexOf(line_end, begin) === begin ? begin : bytes.indexOf(head_end, begin);
      if (end < 0) return bytes.length + 1;
      return { body: joined(parts), to: end + (end === begin ? 2 : head_end.length) };
    }
    at = begin + length + line_end.length;
    if (bytes.length < at) return at;
    parts.push(bytes.subarray(begin, begin + length));
  }
}
