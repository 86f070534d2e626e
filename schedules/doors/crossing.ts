/**
 * The ways of a request through the gate. Mostly it is one step. A statement that commits by itself is two, its work
 * and its commit, because others can come between them. And a repair that is tried puts it into a transaction, or makes
 * it depend on what its operation has read. The client never notices: it gets one reply, as if it were alone.
 */
import { open_gate, type Step } from "../../backends/backend.ts";
import type { Comparing, Reply, Request, SentRequest } from "../../backends/wire.ts";
import type { Source } from "../../histories/source.ts";
import { explored_losses } from "../schedule.ts";
import { type Answering, answer } from "./answer.ts";
import type { Line } from "./line.ts";
import { replyInWords } from "./reply-words.ts";
import { WireError } from "./wire-error.ts";
import type { Wrappable, WrappedOperation } from "./wrapped-operation.ts";

/** The second step of a statement that commits by itself. */
const commits: Request = {
  statement: "COMMIT",
  kind: "commit",
  keys: undefined,
  facts: () => [],
  commits_itself: false,
};

/** A request of the client that stands at the gate. */
export interface Crossing extends Answering {
  readonly part: SentRequest;
  /** The line of the user's code that it comes from, if that is known. */
  readonly source: Source | undefined;
  /** Collects what the client is to get. */
  readonly kept: Buffer[];
  /** It is one of several statements that commit together by themselves. */
  readonly together?: Place | undefined;
}

/** Of a statement, among those of its text. */
export interface Place {
  readonly is_first: boolean;
  readonly is_last: boolean;
}

const alone: Place = { is_first: true, is_last: true };

/** @throws WireError as `answer`; whatever the gate throws */
export async function cross(crossing: Crossing, on: Wrappable): Promise<void> {
  const { line, doorway, part, kept, together } = crossing;
  const { request } = part;
  const { aside, in_transaction, has_locked_tables = false } = line.conversation;
  const stands_alone = !in_transaction && !has_locked_tables;
  const apart = doorway.splits && request.commits_itself && stands_alone;
  const wrapped = doorway.wrapped();
  const comparing = doorway.comparing();
  if (comparing) await compare(crossing, comparing);
  else if (aside && wrapped?.takes(on, request)) await wrap(crossing, wrapped);
  else if (aside && together) await takeApart(crossing, together);
  else if (aside && apart) await takeApart(crossing, alone);
  else await pass(crossing, () => answer(crossing, part, { all: false, kept }));
}

/** The work of a statement, and its commit: two steps. The client gets one reply, after both. */
async function takeApart(crossing: Crossing, { is_first, is_last }: Place): Promise<void> {
  const { line, part, kept } = crossing;
  const aside = line.conversation.aside!;
  const [work, end]: [Buffer[], Buffer[]] = [[], []];
  const deliver = (): void => {
    if (end.length > 0) kept.push(aside.asIfAlone(Buffer.concat(work), Buffer.concat(end)));
  };
  try {
    await pass(crossing, async () => {
      if (is_first) await line.exchange(aside.say("BEGIN"), { all: true, kept: [] });
      return answer(crossing, part, { all: true, kept: work });
    });
  } catch (error) {
    if (line.is_over || !(error instanceof WireError && error.is_answer)) throw error;
    await line.exchange(aside.say("ROLLBACK"), { all: true, kept: end });
    deliver();
    throw error;
  }
  if (is_last) await passEnd(crossing, commits, end).finally(deliver);
  else kept.push(...work);
}

/** A statement of an operation that is put into one transaction: the first one begins it. */
async function wrap(crossing: Crossing, wrapped: WrappedOperation): Promise<void> {
  const { line, part, kept } = crossing;
  const aside = line.conversation.aside!;
  const reply: Buffer[] = [];
  // The first read of a transaction may take its snapshot, whatever it reads.
  const request: Request = { ...part.request, catalog: undefined };
  await pass({ ...crossing, part: { ...part, request } }, async () => {
    if (wrapped.begins()) await line.exchange(aside.say("BEGIN"), { all: true, kept: [] });
    return answer(crossing, part, { all: true, kept: reply });
  }).finally(() => {
    if (reply.length > 0) kept.push(aside.asIfAlone(Buffer.concat(reply)));
  });
}

/** A request of an operation whose writes depend on what it has read. */
async function compare(crossing: Crossing, comparing: Comparing): Promise<void> {
  const { kept } = crossing;
  const own = comparing.sent(crossing.part);
  const reply: Buffer[] = [];
  await pass({ ...crossing, part: own }, async () => {
    const said = await answer(crossing, own, { all: true, kept: reply }).catch((error: unknown) => {
      kept.push(comparing.replied(Buffer.concat(reply), undefined).bytes);
      throw error;
    });
    const { bytes, refused } = comparing.replied(Buffer.concat(reply), said);
    kept.push(bytes);
    if (refused) throw new WireError(refused.code, refused.message, true);
    return said;
  });
}

/** Ends the transaction that a repair has put around an operation, as a step of its own. */
export async function endTransaction(
  answering: Answering,
  how: "commit" | "rollback",
): Promise<void> {
  const { line } = answering;
  const { aside, in_transaction, has_failed } = line.conversation;
  // After a deadlock, MySQL has ended it already.
  if (!aside || !in_transaction || line.is_over) return;
  const statement = how.toUpperCase();
  // Nobody can notice when; and some pools close a connection after an error.
  if (has_failed) return line.sayAll([statement]).catch(() => line.closed);
  await passEnd(answering, { ...commits, kind: how, statement }, []);
}

async function pass(
  { line, doorway, part, source }: Crossing,
  send: () => Promise<Reply>,
): Promise<void> {
  // Nobody looks at what passes through an open gate.
  if (doorway.gate === open_gate) await send();
  else await doorway.gate.pass(stepOf(line, part.request, source), send);
}

async function passEnd(answering: Answering, request: Request, kept: Buffer[]): Promise<void> {
  const { line, doorway } = answering;
  await doorway.gate.pass(stepOf(line, request), () => {
    const own = { ...line.conversation.aside!.say(request.statement), request };
    return answer(answering, own, { all: true, kept });
  });
}

const by_weight = ["nothing", "reads", "rows", "may change"] as const;

/** What a step has to do with how the tables are made: here, on this connection. */
function catalogUseOf(line: Line, { kind, catalog }: Request): Step["catalog"] {
  const { touched } = line;
  const { in_transaction, begin_commits = false } = line.conversation;
  if (kind === "begin" && !begin_commits) {
    if (!in_transaction) line.touched = "nothing";
    return undefined;
  }
  if (kind === "begin" || kind === "commit" || kind === "rollback") {
    line.touched = "nothing";
    return touched === "rows" ? undefined : touched;
  }
  // The first read takes the snapshot, whatever it reads.
  const takes_snapshot = kind === "read" && line.conversation.reads_from_snapshot;
  const use = takes_snapshot ? undefined : catalog;
  const now = use ?? "rows";
  if (by_weight.indexOf(now) > by_weight.indexOf(touched)) line.touched = now;
  return use;
}

function stepOf(line: Line, request: Request, source?: Source): Step {
  const { conversation } = line;
  const { connection, in_transaction, has_begun = in_transaction } = conversation;
  const commits = request.kind === "begin" && conversation.begin_commits;
  return {
    ...request,
    ...(commits ? { kind: "write" } : {}),
    source,
    catalog: catalogUseOf(line, request),
    way: line,
    inTransaction: has_begun,
    errors: [...conversation.possibleErrors(request), ...explored_losses],
    describe: (reply) => replyInWords(request.kind, reply as Reply),
    ...(connection === undefined ? {} : { connection }),
  };
}
