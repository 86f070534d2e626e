/**
 * What a request of the client gets once the gate lets it go: the server's reply, or an error that is put in. The
 * server is always brought into the state in which it would be after that error.
 */
import { isEndByServer } from "../../backends/possible-errors.ts";
import { isRefusalCode } from "../../backends/retryable.ts";
import type { ComparingRows, OwnRequest, Reply, Request } from "../../backends/wire.ts";
import { endsConnection } from "../schedule.ts";
import type { Doorway } from "./doorway.ts";
import type { Keeps, Line } from "./line.ts";
import { isAfterWork, lossError, WireError } from "./wire-error.ts";

/** A connection, its door, and what is to be done as soon as the client's request has been sent. */
export interface Answering {
  readonly line: Line;
  readonly doorway: Doorway;
  /** What belongs to the request may follow now. */
  readonly sent: () => void;
}

/**
 * Sends a request of the client and waits for its reply; or lets it meet an error instead.
 * @throws WireError when the server refuses it, or the connection is lost, by chance or on purpose
 */
export async function answer(
  answering: Answering,
  own: OwnRequest & { readonly request: Request },
  keeps: Keeps,
): Promise<Reply> {
  const { line, doorway, sent } = answering;
  const error = doorway.takeError();
  if (error !== undefined && !isAfterWork(error)) {
    if (endsConnection(error)) await lose(answering, error);
    else await refuse(line, error, own.request, keeps.kept);
  }
  const rows = doorway.comparingRows();
  if (rows && (await hasChanged(rows, own.request, line)))
    await refuse(line, rows.refusal, own.request, keeps.kept);
  const replied = line.exchange(own, keeps);
  sent();
  const reply = await replied;
  if (error !== undefined) await lose(answering, error);
  if (reply.error) throw new WireError(reply.error.code, reply.error.message, true);
  rows?.replied(own.request, reply);
  return reply;
}

/** Whether the row that a request writes is not as its operation has read it. */
async function hasChanged(rows: ComparingRows, request: Request, line: Line): Promise<boolean> {
  const check = rows.check(request);
  const { aside } = line.conversation;
  if (check === undefined || !aside) return false;
  const { error, row_count } = await line.exchange(aside.say(check), { all: true, kept: [] });
  // An error of a lock says that others were faster; any other means that the row cannot be asked for.
  if (error && !isRefusalCode(error.code))
    rows.obstacle ??= `the row cannot be compared (${error.message})`;
  if (row_count !== undefined && row_count > 1) rows.obstacle ??= "a write of several rows";
  return row_count !== 1;
}

/** The client gets an error, and the server is in the state in which it would be after it. */
async function refuse(line: Line, code: string, request: Request, kept: Buffer[]): Promise<never> {
  const refusal = line.conversation.refuse(code, request);
  if (refusal.first) await line.exchange(refusal.first, { all: true, kept: [] });
  kept.push(refusal.reply());
  throw new WireError(code, refusal.message, true);
}

/** The client loses its connection, once its locks are free. A server that ends it by itself may say so first. */
async function lose({ line, doorway }: Answering, error: string): Promise<never> {
  const { connection } = line.conversation;
  const by_server = isEndByServer(error) && connection !== undefined;
  const last_words = await line.lose(by_server ? () => doorway.terminate(connection) : undefined);
  if (connection !== undefined) await doorway.gone(connection);
  if (error === "refused") doorway.refusesNext();
  for (const bytes of last_words) line.toClient(bytes);
  if (error.startsWith("reset")) line.client.resetAndDestroy();
  else line.client.destroySoon();
  throw lossError(error);
}
