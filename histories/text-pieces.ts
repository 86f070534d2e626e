import { isUtf8 } from "node:buffer";
import { open } from "node:fs/promises";
import { fileTrouble, HistoryError } from "./history-error.ts";

const piece_bytes = 1 << 20;

/**
 * Streams a text file in pieces of about 1 MB, cut after a line's end where there is one,
 * in any case between two characters.
 * @throws HistoryError when it cannot be read, is empty, or is not text.
 */
export async function* textPieces(path: string): AsyncGenerator<string> {
  const file = await open(path).catch((error: unknown) => {
    throw fileTrouble("read", path, error);
  });
  try {
    let rest: Buffer = Buffer.alloc(0);
    let first = true;
    for (;;) {
      const { bytesRead, buffer } = await file
        .read(Buffer.allocUnsafe(piece_bytes))
        .catch((error: unknown) => {
          throw fileTrouble("read", path, error);
        });
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = bytesRead === 0 ? bytes.length : cut(bytes);
      if (end > 0) {
        const piece = bytes.subarray(0, end);
        mustBeText(path, piece, bytesRead === 0);
        const text = piece.toString("utf8");
        yield first && text.startsWith("\uFEFF") ? text.slice(1) : text;
        first = false;
      }
      if (bytesRead === 0) break;
      rest = bytes.subarray(end);
    }
    if (first) throw new HistoryError(`${path} is empty: there is no history in it.`);
  } finally {
    await file.close();
  }
}

/** After the last line's end, or else before the last character, which may have come in half. */
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
    throw new HistoryError(`${path} is a binary file, not a history.`);
}

function cutHalfCharacter(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++)
    if (bytes[bytes.length - back]! >= 0xc0) return bytes.length - back;
  return bytes.length;
}
