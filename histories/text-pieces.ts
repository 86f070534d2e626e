import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { fileTrouble, HistoryError } from "./history-error.ts";

const piece_bytes = 1 << 20;
const pipe_look_ms = 10;
/** A pipe that the shell has made: its writer has begun, and may have ended. */
const is_open_already = /^\/(dev\/(stdin|fd\/)|proc\/)/;

/**
 * Streams a text file in pieces of about 1 MB, cut after a line end if there is one, and never within a character.
 * One that is packed by gzip is unpacked on the way, whatever its name is.
 * @throws HistoryError when it cannot be read, is empty, or is not text.
 */
export async function* textPieces(path: string): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  let first = true;
  const textOf = (piece: Buffer, last: boolean): string => {
    mustBeText(path, piece, last);
    const text = piece.toString("utf8");
    const has_mark = first && text.startsWith("\uFEFF");
    first = false;
    return has_mark ? text.slice(1) : text;
  };
  for await (const read of unpacked(path, bytesOf(path))) {
    const bytes = Buffer.concat([rest, read]);
    const end = cut(bytes);
    if (end > 0) yield textOf(bytes.subarray(0, end), false);
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield textOf(rest, true);
  if (first) throw new HistoryError(`${path} is empty: there is no history in it.`);
}

async function* bytesOf(path: string): AsyncGenerator<Buffer> {
  const failed = (error: unknown): never => {
    throw fileTrouble("read", path, error);
  };
  // Without O_NONBLOCK, a pipe that nobody writes to would block the thread, and nothing could end it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(failed);
  try {
    let waits = (await file.stat()).isFIFO() && !is_open_already.test(path);
    for (;;) {
      const read = await readSome(file, waits).catch(failed);
      if (read.length === 0) return;
      waits = false;
      yield read;
    }
  } finally {
    await file.close();
  }
}

async function* unpacked(path: string, bytes: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const begin = await bytes.next();
  if (begin.done) return;
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield begin.value as Buffer;
      yield* bytes;
    } finally {
      await bytes.return(undefined); // closes the file, even if nobody wants more than its beginning
    }
  }
  if (begin.value[0] !== 0x1f || begin.value[1] !== 0x8b) {
    yield* all();
    return;
  }
  const unzip = createGunzip({ chunkSize: piece_bytes });
  pipeline(Readable.from(all()), unzip, () => undefined);
  try {
    yield* unzip as AsyncIterable<Buffer>;
  } catch (error) {
    if (error instanceof HistoryError) throw error;
    throw new HistoryError(`${path} is packed, and damaged: ${(error as Error).message}.`);
  }
}

/** @param wait whether to wait when there is nothing to read: the writer of a pipe may not have begun */
async function readSome(file: FileHandle, wait: boolean): Promise<Buffer> {
  for (;;) {
    const found = await file
      .read(Buffer.allocUnsafe(piece_bytes))
      .catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "EAGAIN") throw error;
      });
    if (found !== undefined && (found.bytesRead > 0 || !wait))
      return found.buffer.subarray(0, found.bytesRead);
    await delay(pipe_look_ms);
  }
}

/** Where to cut: after the last line end, or else before the last character, which may be incomplete. */
function cut(bytes: Buffer): number {
  const newline = bytes.lastIndexOf(10);
  if (newline >= 0) return newline + 1;
  let end = bytes.length - 1;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return Math.max(end, 0);
}

function mustBeText(path: string, piece: Buffer, last: boolean): void {
  // A run that was killed may have left half a character at the very end.
  const whole = last ? piece.subarray(0, cutHalfCharacter(piece)) : piece;
  if (piece.includes(0) || !isUtf8(whole))
    throw new HistoryError(`${path} is a binary file, not a history.${exportHint(path, piece)}`);
}

/** A hint for Jepsen's own binary files, which begin with its name or are in the fressian format. */
function exportHint(path: string, piece: Buffer): string {
  if (!/\.(jepsen|fressian)$/.test(path) && piece.subarray(0, 6).toString() !== "JEPSEN") return "";
  return ` Jepsen also writes history.edn beside it; or write one in "lein repl": (spit "history.edn" (with-out-str (run! prn (:history (jepsen.store/test -1))))).`;
}

function cutHalfCharacter(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++)
    if (bytes[bytes.length - back]! >= 0xc0) return bytes.length - back;
  return bytes.length;
}
