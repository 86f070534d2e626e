/**
 * Random connections through a door: right dialogues, of which every byte must arrive at the other end, and garbled
 * ones, of which whatever arrives must be what was sent, in its order. Nothing may crash, and nothing may hang.
 */
import { type Random, seeded } from "../../matrix/load/random.ts";
import { below, type Speech, type Turn } from "./speech.ts";
import { Corridor } from "./talk.ts";

const frames_of_a_connection = 200;
const limit_ms = 20_000;

/** What was done over one protocol, and what was wrong, with the seed of each connection. */
export interface Tally {
  frames: number;
  connections: number;
  garbled: number;
  bytes: number;
  readonly wrong: string[];
}

/** @param told called after every connection */
export async function campaign(
  speech: Speech,
  { frames, seed }: { readonly frames: number; readonly seed: number },
  told: (tally: Tally) => void = () => undefined,
): Promise<Tally> {
  const tally: Tally = { frames: 0, connections: 0, garbled: 0, bytes: 0, wrong: [] };
  await using corridor = await Corridor.open(speech.wire);
  while (tally.frames < frames) {
    const own = (seed + tally.connections * 7919) >>> 0;
    const is_garbled = tally.connections % 2 === 1;
    tally.connections++;
    if (is_garbled) tally.garbled++;
    const talk = (is_garbled ? garbled : whole)(speech, corridor, seeded(own), tally);
    const wrong = await inTime(talk);
    if (wrong !== undefined)
      tally.wrong.push(`${is_garbled ? "garbled" : "whole"}, seed ${own}: ${wrong}`);
    told(tally);
  }
  return tally;
}

async function inTime(talk: Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`hangs: not over after ${limit_ms} ms`), limit_ms);
  });
  const said = await Promise.race([talk, late]).catch((error: unknown) => String(error));
  clearTimeout(timer);
  return said;
}

function turnsOf(speech: Speech, random: Random): Turn[] {
  const turns = [...speech.hello];
  for (let frames = 0; frames < frames_of_a_connection; ) {
    const more = speech.exchange(random);
    turns.push(...more);
    for (const { asks, answers } of more) frames += asks.length + answers.length;
  }
  return turns;
}

/** The client asks one or several at once; each is answered when all of it has arrived. @returns what is wrong */
async function whole(
  speech: Speech,
  corridor: Corridor,
  random: Random,
  tally: Tally,
): Promise<string | undefined> {
  const { client, server } = await corridor.meet();
  const turns = turnsOf(speech, random);
  let [asked, answered] = [0, 0];
  for (let at = 0; at < turns.length; ) {
    const is_alone = at < speech.hello.length || random() < 0.7;
    const together = turns.slice(at, at + (is_alone ? 1 : 1 + below(random, 5)));
    at += together.length;
    client.say(cut(Buffer.concat(together.flatMap(({ asks }) => asks)), random));
    for (const { asks, answers } of together) {
      asked += lengthOf(asks);
      answered += lengthOf(answers);
      await server.hears(asked);
      server.say(cut(Buffer.concat(answers), random));
      tally.frames += asks.length + answers.length;
    }
    await client.hears(answered);
  }
  client.socket.end();
  await Promise.all([client.closed, server.closed]);
  tally.bytes += asked + answered;
  const same = (heard: Buffer, said: (turn: Turn) => readonly Buffer[]): boolean =>
    heard.equals(Buffer.concat(turns.flatMap(said)));
  if (!same(server.heard, (turn) => turn.asks)) return "the server got something else";
  return same(client.heard, (turn) => turn.answers) ? undefined : "the client got something else";
}

const lengthOf = (frames: readonly Buffer[]): number =>
  frames.reduce((sum, { length }) => sum + length, 0);

/** Both sides talk at once, with bytes changed, left out and put in; then the client goes. @returns what is wrong */
async function garbled(
  speech: Speech,
  corridor: Corridor,
  random: Random,
  tally: Tally,
): Promise<string | undefined> {
  const { client, server } = await corridor.meet();
  const turns = turnsOf(speech, random);
  const [asks, answers] = [
    turns.flatMap((turn) => turn.asks),
    turns.flatMap((turn) => turn.answers),
  ];
  tally.frames += asks.length + answers.length;
  const greeted = (said: (turn: Turn) => readonly Buffer[]): number =>
    lengthOf(speech.hello.flatMap(said));
  const from_client = garble(
    Buffer.concat(asks),
    greeted((turn) => turn.asks),
    random,
  );
  const from_server = garble(
    Buffer.concat(answers),
    greeted((turn) => turn.answers),
    random,
  );
  const [ours, theirs] = [cut(from_client, random), cut(from_server, random)];
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    client.say(ours.slice(i, i + 1));
    server.say(theirs.slice(i, i + 1));
    if (random() < 0.2) await new Promise(setImmediate);
  }
  client.socket.end();
  await Promise.all([client.closed, server.closed]);
  tally.bytes += from_client.length + from_server.length;
  if (!begins(from_client, server.heard)) return "the server got something else";
  return begins(from_server, client.heard) ? undefined : "the client got something else";
}

const begins = (said: Buffer, heard: Buffer): boolean =>
  said.subarray(0, heard.length).equals(heard);

/** In pieces, as a network might. */
function cut(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = random() < 0.3 ? bytes.length : 1 + below(random, Math.min(3_000, bytes.length));
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}

/** @param kept so many bytes at the beginning stay as they are */
function garble(bytes: Buffer, kept: number, random: Random): Buffer {
  let changed = bytes;
  for (let left = 1 + below(random, 6); left > 0; left--) {
    const at = kept + below(random, changed.length - kept + 1);
    const noise = Buffer.from(Array.from({ length: below(random, 4) }, () => below(random, 256)));
    const rest = changed.subarray(at + below(random, 4));
    changed = Buffer.concat([changed.subarray(0, at), noise, rest]);
  }
  return changed;
}
