/** A server cannot be had; the message is one sentence for people: what, why, what to do. */
export class ServerUnavailable extends Error {
  override readonly name = "ServerUnavailable";
}

/**
 * Says in a sentence that a disk is full or cannot be written; any other error stays as it is.
 * @param folder where it happened.
 * @param instead what to do: `set TMPDIR to another folder`.
 */
export function diskInWords(error: unknown, folder: string, instead: string): unknown {
  if (!(error instanceof Error) || error instanceof ServerUnavailable) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT" || message.includes("No space left on device")) {
    return new ServerUnavailable(`The disk of ${folder} is full: make room there, or ${instead}.`);
  }
  const closed = code === "EACCES" || code === "EROFS" || code === "EPERM" || code === "ENOTDIR";
  if (closed || /Permission denied|Read-only file system/.test(message)) {
    return new ServerUnavailable(`${folder} cannot be written: ${instead}.`);
  }
  return error;
}
