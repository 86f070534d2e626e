/** https://redis.io/docs/latest/develop/reference/protocol-spec/ */
import { redisWire } from "../../backends/redis/wire.ts";
import type { Random } from "../../matrix/load/random.ts";
import { below, blob, pick, type Speech, several, type Turn, word } from "./speech.ts";

const line = (text: string): Buffer => Buffer.from(`${text}\r\n`);
const bulk = (bytes: Buffer): Buffer =>
  Buffer.concat([line(`$${bytes.length}`), bytes, Buffer.from("\r\n")]);
const command = (...words: (string | Buffer)[]): Buffer =>
  Buffer.concat([line(`*${words.length}`), ...words.map((one) => bulk(Buffer.from(one)))]);

function value(random: Random, depth = 0): Buffer {
  const which = below(random, depth < 3 ? 12 : 8);
  if (which === 0) return line("+OK");
  if (which === 1) return line(`:${below(random, 1e6) - 5e5}`);
  if (which === 2) return line("-WRONGTYPE no");
  if (which === 3) return line(pick(random, ["$-1", "*-1", "_", "#t", "#f", "*0"]));
  if (which === 4) return line(`,${random()}`);
  if (which === 5) return line("(12345678901234567890");
  if (which === 6) return Buffer.concat([line("=6"), line("txt:hi")]);
  if (which === 7) return bulk(blob(random));
  const parts = several(random, 4, () => value(random, depth + 1));
  if (which < 10) return Buffer.concat([line(`*${parts.length}`), ...parts]);
  if (which === 10) return Buffer.concat([line(`~${parts.length}`), ...parts]);
  const pairs = parts.flatMap((part) => [bulk(Buffer.from(word(random))), part]);
  return Buffer.concat([line(`%${parts.length}`), ...pairs]);
}

const asked = (random: Random): Buffer =>
  pick(random, [
    () => command("GET", word(random)),
    () => command("SET", word(random), blob(random)),
    () => command("EVALSHA", "0123456789012345678901234567890123456789", "1", word(random)),
    () => command("BLPOP", word(random), "0"),
    () => command("CLIENT", "SETINFO", "lib-name", "x"),
    () => Buffer.from("PING\r\n"),
  ])();

/** Commands that a client may send together; each has one reply. */
function transaction(random: Random): Turn[] {
  const queued = several(random, 3, () => command("INCR", word(random)));
  const values = queued.map(() => value(random));
  const executed = Buffer.concat([line(`*${values.length}`), ...values]);
  return [
    { asks: [command("MULTI")], answers: [line("+OK")] },
    ...queued.map((one) => ({ asks: [one], answers: [line("+QUEUED")] })),
    { asks: [command("EXEC")], answers: [executed] },
  ];
}

export const redis: Speech = {
  wire: redisWire(),
  hello: [{ asks: [command("HELLO", "3")], answers: [line("%0")] }],
  exchange(random) {
    if (random() < 0.1) return transaction(random);
    const pushed = random() < 0.1 ? [Buffer.concat([line(">1"), line("+invalidate")])] : [];
    return [{ asks: [asked(random)], answers: [...pushed, value(random)] }];
  },
};
