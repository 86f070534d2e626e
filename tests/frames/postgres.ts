/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
import { postgresWire } from "../../backends/postgres/wire.ts";
import type { Random } from "../../matrix/load/random.ts";
import { below, blob, pick, type Speech, several, type Turn, word } from "./speech.ts";

const int16 = (n: number): number[] => [(n >> 8) & 255, n & 255];
const int32 = (n: number): number[] => [...int16(n >>> 16), ...int16(n)];
export const text = (words: string): Buffer => Buffer.from(`${words}\0`);
const bytes = (parts: readonly (Buffer | number[])[]): Buffer =>
  Buffer.concat(parts.map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(part))));

export function message(type: string, ...parts: (Buffer | number[])[]): Buffer {
  const body = bytes(parts);
  return bytes([Buffer.from(type), int32(body.length + 4), body]);
}

const ready = (random: Random): Buffer => message("Z", Buffer.from(pick(random, ["I", "T", "E"])));
const columns = (names: readonly string[]): Buffer =>
  message(
    "T",
    int16(names.length),
    ...names.flatMap((name) => [
      text(name),
      int32(0),
      int16(0),
      int32(25),
      int16(-1),
      int32(-1),
      int16(0),
    ]),
  );
const value = (random: Random): Buffer => {
  if (random() < 0.2) return Buffer.from(int32(-1));
  const said = blob(random);
  return bytes([int32(said.length), said]);
};
const error = (random: Random): Buffer =>
  message("E", text("SERROR"), text(`C${pick(random, ["40001", "23505"])}`), text("Mno"), [0]);
const notice = message("N", text("SNOTICE"), text("Mhello"), [0]);

/** The rows of a statement and its end, or an error. */
function results(random: Random, described: boolean): Buffer[] {
  if (random() < 0.15) return [error(random)];
  const names = several(random, 3, () => word(random));
  return [
    ...(random() < 0.1 ? [notice] : []),
    ...(described ? [columns(names)] : []),
    ...several(random, 4, () =>
      message("D", int16(names.length), ...names.map(() => value(random))),
    ),
    message("C", text("SELECT 1")),
  ];
}

function simple(random: Random): Turn[] {
  const sql = pick(random, [
    "SELECT a FROM t",
    "BEGIN",
    "COMMIT",
    `UPDATE t SET a = '${word(random)}'`,
  ]);
  return [{ asks: [message("Q", text(sql))], answers: [...results(random, true), ready(random)] }];
}

function extended(random: Random): Turn[] {
  const name = pick(random, ["", "s1", "s2"]);
  const parse = message("P", text(name), text(`SELECT $1 -- ${word(random)}`), int16(0));
  const bind = message("B", text(""), text(name), int16(0), int16(1), value(random), int16(0));
  const described = random() < 0.5;
  const asks = [
    parse,
    bind,
    ...(described ? [message("D", Buffer.from("P"), text(""))] : []),
    message("E", text(""), int32(0)),
    message("S"),
  ];
  const answers = [message("1"), message("2"), ...results(random, described), ready(random)];
  return [{ asks, answers }];
}

function prepareOnly(random: Random): Turn[] {
  const asks = [
    message("P", text("s1"), text("SELECT $1"), int16(0)),
    message("D", Buffer.from("S"), text("s1")),
    message("S"),
  ];
  const described = message("t", int16(1), int32(25));
  return [{ asks, answers: [message("1"), described, columns([word(random)]), ready(random)] }];
}

function copyIn(random: Random): Turn[] {
  const rows = several(random, 5, () => message("d", blob(random)));
  const end = random() < 0.8 ? message("c") : message("f", text("no more"));
  return [
    { asks: [message("Q", text("COPY t FROM STDIN"))], answers: [message("G", [0], int16(0))] },
    {
      asks: [...rows, end],
      answers: [random() < 0.8 ? message("C", text("COPY 5")) : error(random), ready(random)],
    },
  ];
}

const start = text("user\0me\0");
const startUp = bytes([int32(9 + start.length), int32(196608), start, [0]]);

export const postgres: Speech = {
  wire: postgresWire(),
  hello: [
    {
      asks: [startUp],
      answers: [
        message("R", int32(0)),
        message("S", text("server_version"), text("18.4")),
        message("K", int32(1), int32(2)),
        message("Z", Buffer.from("I")),
      ],
    },
  ],
  exchange(random) {
    const which = below(random, 10);
    if (which < 4) return simple(random);
    if (which < 8) return extended(random);
    return which === 8 ? prepareOnly(random) : copyIn(random);
  },
};
