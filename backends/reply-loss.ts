import type { Duplex } from "node:stream";

/** Whether a session should lose a reply: it is the next one that comes on any of its connections. */
export class ReplyLoss {
  armed = false;
}

/** What a wire protocol knows about the bytes that come in. */
export interface Replies {
  /** Whether this answers the request itself, not a preparation for it. */
  readonly answers: () => boolean;
  /** Whether the reply ends here: then the server is done with the request. `end` has at least the last piece. */
  readonly complete: (end: Buffer) => boolean;
}

/**
 * Makes a driver's socket lose a reply when told to. The complete reply arrives, so the server has done the work; but
 * the driver never sees it, and its socket closes, so that it reports its own connection error.
 */
export function losesReplies(socket: Duplex, loss: ReplyLoss, replies: Replies): void {
  let lost: Buffer | undefined;
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...rest: unknown[]): boolean => {
    if (event === "data" && (lost !== undefined || (loss.armed && replies.answers()))) {
      loss.armed = false;
      // A message may be split over two pieces.
      lost = Buffer.concat([(lost ?? Buffer.alloc(0)).subarray(-16), rest[0] as Buffer]);
      if (replies.complete(lost)) socket.destroy();
      return true;
    }
    return emit(event, ...rest);
  };
}
