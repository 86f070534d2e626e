import type { Duplex } from "node:stream";

/** One session's order to lose a reply: carried out by whichever of its connections is answered next. */
export class ReplyLoss {
  armed = false;
}

/** What a wire protocol says about the bytes that come in. */
export interface Replies {
  /** This answers the request itself, not a preparation for it. */
  readonly answers: () => boolean;
  /** The reply ends here: the server is done with the request. `end` is at least the last piece. */
  readonly complete: (end: Buffer) => boolean;
}

/**
 * Makes a driver's socket lose a reply when told to: the reply comes in complete, so the server did the
 * work, the driver never sees it, and the socket closes under it, so it reports its own connection error.
 */
export function losesReplies(socket: Duplex, loss: ReplyLoss, replies: Replies): void {
  let lost: Buffer | undefined;
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...rest: unknown[]): boolean => {
    if (event === "data" && (lost !== undefined || (loss.armed && replies.answers()))) {
      loss.armed = false;
      // A message may be cut in two by the end of a piece.
      lost = Buffer.concat([(lost ?? Buffer.alloc(0)).subarray(-16), rest[0] as Buffer]);
      if (replies.complete(lost)) socket.destroy();
      return true;
    }
    return emit(event, ...rest);
  };
}
