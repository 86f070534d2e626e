/** https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html */
import { mysqlWire } from "../../backends/mysql/wire.ts";
import { packet } from "../../backends/mysql/wire-packets.ts";
import type { Random } from "../../matrix/load/random.ts";
import { below, blob, pick, type Speech, several, type Turn, word } from "./speech.ts";

const int16 = (n: number): number[] => [n & 255, (n >> 8) & 255];
const int24 = (n: number): number[] => [...int16(n), (n >> 16) & 255];
const int32 = (n: number): number[] => [...int16(n), ...int16(n >>> 16)];
const zeros = (count: number): number[] => Array.from({ length: count }, () => 0);
const said = (sequence: number, ...body: number[]): Buffer =>
  packet(sequence & 255, Buffer.from(body));
const text = (words: string): number[] => [Buffer.byteLength(words), ...Buffer.from(words)];
const bytesOf = (bytes: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(bytes.length < 0xfb ? [bytes.length] : [0xfd, ...int24(bytes.length)]),
    bytes,
  ]);

/** Protocol 4.1, secure connection, plugins; rows end with EOF. */
const capabilities = 0x0008_a20d & ~(1 << 11) & ~(1 << 5);
const greeting = said(
  0,
  ...[10, ...Buffer.from("9.7.4\0"), ...int32(77), ...zeros(8), 0],
  ...[...int16(capabilities & 0xffff), 45, ...int16(2), ...int16(capabilities >>> 16)],
  ...[21, ...zeros(10), ...zeros(13)],
);
const logIn = said(1, ...int32(capabilities), ...zeros(28), ...Buffer.from("root\0\0"));
const ok = (sequence: number, changed = 0, status = 2): Buffer =>
  said(sequence, 0, changed, 0, ...int16(status), 0, 0);
const eof = (sequence: number, status = 2): Buffer => said(sequence, 0xfe, 0, 0, ...int16(status));
const refused = said(1, 0xff, ...int16(1213), ...Buffer.from("#40001Deadlock"));
const column = (sequence: number, name: string): Buffer =>
  said(
    sequence,
    ...text("def"),
    ...zeros(3),
    ...text(name),
    ...[0, 12, ...int16(63), ...int32(11), 253, ...zeros(5)],
  );
const command = (number: number, body: Buffer): Buffer =>
  packet(0, Buffer.concat([Buffer.from([number]), body]));

/** One result; another one follows if the status says so. */
function result(random: Random, from: number, status: number, is_binary: boolean): Buffer[] {
  if (random() < 0.4) return [ok(from, below(random, 3), status)];
  const names = [word(random), ...several(random, 2, () => word(random))];
  const row = (): Buffer =>
    Buffer.concat([
      Buffer.from(is_binary ? [0, 0] : []),
      ...names.map(() => bytesOf(blob(random))),
    ]);
  let sequence = from;
  return [
    said(sequence++, names.length),
    ...names.map((name) => column(sequence++, name)),
    eof(sequence++),
    ...several(random, 4, () => packet(sequence++ & 255, row())),
    eof(sequence++, status),
  ];
}

function query(random: Random): Turn {
  const sql = pick(random, [
    "SELECT a FROM t",
    "BEGIN",
    `UPDATE t SET a = '${word(random)}'`,
    "CALL p()",
  ]);
  const asks = [command(3, Buffer.from(sql))];
  if (random() < 0.15) return { asks, answers: [refused] };
  const first = random() < 0.1 ? result(random, 1, 2 | 8, false) : [];
  return { asks, answers: [...first, ...result(random, 1 + first.length, 2, false)] };
}

function prepare(random: Random, id: number): Turn {
  const asks = [command(0x16, Buffer.from("SELECT a FROM t WHERE b = ?"))];
  const answers = [
    said(1, 0, ...int32(id), ...int16(1), ...int16(1), 0, 0, 0),
    column(2, "?"),
    eof(3),
    column(4, word(random)),
    eof(5),
  ];
  return { asks, answers };
}

function execute(random: Random, id: number): Turn {
  const value = bytesOf(blob(random));
  const head = Buffer.from([...int32(id), 0, ...int32(1), 0, 1, 253, 0]);
  return {
    asks: [command(0x17, Buffer.concat([head, value]))],
    answers: random() < 0.15 ? [refused] : result(random, 1, 2, true),
  };
}

export const mysql: Speech = {
  wire: mysqlWire(),
  hello: [
    { asks: [], answers: [greeting] },
    { asks: [logIn], answers: [ok(2)] },
  ],
  exchange(random) {
    const which = below(random, 10);
    if (which < 6) return [query(random)];
    if (which === 6) return [{ asks: [command(0x0e, Buffer.alloc(0))], answers: [ok(1)] }];
    const id = 1 + below(random, 3);
    const close = { asks: [command(0x19, Buffer.from(int32(id)))], answers: [] };
    return [prepare(random, id), execute(random, id), execute(random, id), close];
  },
};
