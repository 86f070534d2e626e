/**
 * RESP, the protocol of Redis and Valkey, as values (https://redis.io/docs/latest/develop/reference/protocol-spec/).
 * A value begins with its type and ends where its parts end, so only reading it shows how long it is.
 */

export interface Push {
  readonly push: readonly Value[];
}
export type Value = string | number | boolean | null | RespError | Push | readonly Value[];

/** An error in a server's answer: a code in capitals, and a message. */
export class RespError {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }

  get code(): string {
    return /^[A-Z]+/.exec(this.message)?.[0] ?? "ERR";
  }
}

/** These bytes are not RESP. */
export class NotResp extends Error {}

export interface Read {
  readonly value: Value;
  readonly end: number;
}

const line_end = Buffer.from("\r\n");
const parts_max = 2 ** 20;

/**
 * Reads the value that begins at `at`.
 * @returns undefined when it is not complete yet
 * @throws NotResp
 */
export function readValue(bytes: Buffer, at = 0): Read | undefined {
  const line = bytes.indexOf(line_end, at);
  if (line < 0) return undefined;
  const type = String.fromCharCode(bytes[at]!);
  const text = bytes.toString("utf8", at + 1, line);
  const next = line + 2;
  switch (type) {
    case "+":
      return { value: text, end: next };
    case "-":
      return { value: new RespError(text), end: next };
    case ":":
    case ",":
      return { value: Number(text), end: next };
    case "(":
      return { value: text, end: next };
    case "#":
      return { value: text === "t", end: next };
    case "_":
      return { value: null, end: next };
    case "$":
    case "!":
    case "=":
      return readBulk(bytes, type, lengthOf(text), next);
    case "*":
    case "~":
      return readParts(bytes, lengthOf(text), next, (parts) => parts);
    case ">":
      return readParts(bytes, lengthOf(text), next, (push) => ({ push }));
    case "%":
      return readParts(bytes, 2 * lengthOf(text), next, (parts) => parts);
    case "|":
      return readAttributes(bytes, 2 * lengthOf(text), next);
    default:
      throw new NotResp(`No value begins with ${JSON.stringify(type)}.`);
  }
}

function lengthOf(text: string): number {
  const length = Number(text);
  if (!Number.isInteger(length) || length < -1 || length > 2 ** 30)
    throw new NotResp(`${JSON.stringify(text)} is no length.`);
  return length;
}

function readBulk(bytes: Buffer, type: string, length: number, at: number): Read | undefined {
  if (length === -1) return { value: null, end: at };
  const end = at + length + 2;
  if (bytes.length < end) return undefined;
  const text = bytes.toString("utf8", at, at + length);
  return { value: type === "!" ? new RespError(text) : text, end };
}

function readParts(
  bytes: Buffer,
  count: number,
  at: number,
  made: (parts: Value[]) => Value,
): Read | undefined {
  if (count < 0) return { value: null, end: at };
  if (count > parts_max) throw new NotResp(`${count} parts are too many.`);
  const parts: Value[] = [];
  let end = at;
  for (let i = 0; i < count; i++) {
    const part = readValue(bytes, end);
    if (part === undefined) return undefined;
    parts.push(part.value);
    end = part.end;
  }
  return { value: made(parts), end };
}

/** Skips attributes, which come before the value that they are about. */
function readAttributes(bytes: Buffer, count: number, at: number): Read | undefined {
  const attributes = readParts(bytes, count, at, (parts) => parts);
  return attributes && readValue(bytes, attributes.end);
}

/**
 * How many bytes there must be before it is worth reading again: a long text has its length in front.
 * @returns 0 when that is not known
 */
export function bytesNeeded(bytes: Buffer): number {
  const tail = /(?:^|\r\n)\$(\d+)\r\n/g;
  const head = bytes.toString("latin1", 0, Math.min(bytes.length, 4096));
  let needed = 0;
  for (const found of head.matchAll(tail))
    needed = Math.max(needed, found.index + found[0].length + Number(found[1]));
  return needed > bytes.length ? needed : 0;
}

/** A command as a client sends it. */
export function encodeCommand(words: readonly string[]): Buffer {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join("")}`);
}
