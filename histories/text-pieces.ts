import { isUtf8 } from "node:buffer";
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { fileTrouble, HistoryError } from "./history-error.ts";

const piece_bytes = 1 << 20;
const pipe_look_ms = 10;

/**
 * Streams a text file in pieces of about 1 MB, cut after a line end if there is one, and never within a character.
 * @throws HistoryError when it cannot be read, is empty, or is not text.
 */
export async function* textPieces(path: string): AsyncGenerator<string> {
  // Without O_NONBLOCK, a pipe that nobody writes to would block the thread, and nothing could end it.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      throw fileTrouble("read", path, error);
    },
  );
  try {
    let rest: Buffer = Buffer.alloc(0);
    let first = true;
    const is_pipe = (await file.stat()).isFIFO();
    for (;;) {
      const read = await readSome(file, is_pipe && first && rest.length === 0).catch(
        (error: unknown) => {
          throw fileTrouble("read", path, error);
        },
      );
      const bytes = Buffer.concat([rest, read]);
      const end = read.length === 0 ? bytes.length : cut(bytes);
      if (end > 0) {
        const piece = bytes.subarray(0, end);
        mustBeText(path, piece, read.length === 0);
        const text = piece.toString("utf8");
        yield first && text.startsWith("\uFEFF") ? text.slice(1) : text;
        first = false;
      }
      if (read.length === 0) break;
      rest = bytes.subarray(end);
    }
    if (first) throw new HistoryError(`${path} is empty: there is no history in it.`);
  } finally {
    await file.close();
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
