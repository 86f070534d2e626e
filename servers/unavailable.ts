/** A server cannot be had; the message is one sentence for people: what, why, what to do. */
export class ServerUnavailable extends Error {
  override readonly name = "ServerUnavailable";
}

/** The machine has reached a limit, which every other server would meet, too. */
export class MachineLimit extends ServerUnavailable {}

/**
 * Says in a sentence that a disk is full or cannot be written, or that no more processes may be started; any other
 * error stays as it is.
 * @param folder where it happened.
 * @param instead what to do: `set TMPDIR to another folder`.
 */
export function machineInWords(error: unknown, folder: string, instead: string): unknown {
  if (!(error instanceof Error) || error instanceof ServerUnavailable) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT" || message.includes("No space left on device")) {
    return new MachineLimit(`The disk of ${folder} is full: make room there, or ${instead}.`);
  }
  const closed = code === "EACCES" || code === "EROFS" || code === "EPERM" || code === "ENOTDIR";
  if (closed || /Permission denied|Read-only file system/.test(message)) {
    return new ServerUnavailable(`${folder} cannot be written: ${instead}.`);
  }
  if (code === "EAGAIN" || /Resource temporarily unavailable|Cannot fork/i.test(message)) {
    const what = "The system starts no more processes or threads for this user";
    return new MachineLimit(`${what}: end some, or raise the limit (ulimit -u).`);
  }
  return error;
}
