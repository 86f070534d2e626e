/** Values on MySQL's wire: as text, or in the binary form that prepared statements use. */
import type { Packet } from "./wire-packets.ts";

/** Numbers of the types: https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
const type = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
} as const;
const whole: ReadonlySet<number> = new Set([
  type.tiny,
  type.short,
  type.long,
  type.longlong,
  type.int24,
  type.year,
]);
const fractional: ReadonlySet<number> = new Set([type.float, type.double]);
/** The character set of bytes that are not text. */
const binary_charset = 63;
const blobs: ReadonlySet<number> = new Set([249, 250, 251, 252, 253, 254]);

export interface Column {
  readonly name: string;
  readonly type: number;
  readonly charset: number;
  readonly is_unsigned: boolean;
}

/** A column's definition. */
export function readColumn(packet: Packet): Column {
  for (let i = 0; i < 4; i++) packet.value();
  const name = packet.text();
  packet.value();
  packet.int(1);
  const charset = packet.int(2);
  packet.int(4);
  const of_type = packet.int(1);
  return { name, type: of_type, charset, is_unsigned: (packet.int(2) & 0x20) !== 0 };
}

export function readTextRow(packet: Packet, columns: readonly Column[]): Record<string, unknown> {
  const row: Record<string, unknown> = {};
  for (const column of columns) {
    const bytes = packet.value();
    row[column.name] = bytes === null ? null : fromText(bytes, column);
  }
  return row;
}

export function readBinaryRow(packet: Packet, columns: readonly Column[]): Record<string, unknown> {
  packet.int(1);
  const nulls = packet.bytes(Math.floor((columns.length + 9) / 8));
  const row: Record<string, unknown> = {};
  columns.forEach((column, i) => {
    const is_null = (nulls[Math.floor((i + 2) / 8)]! & (1 << ((i + 2) % 8))) !== 0;
    row[column.name] = is_null ? null : readBinary(packet, column);
  });
  return row;
}

/** A value of a prepared statement, or of a row in its answer. */
export function readBinary(packet: Packet, column: Omit<Column, "name">): unknown {
  const { is_unsigned } = column;
  switch (column.type) {
    case type.null:
      return null;
    case type.tiny:
      return signed(packet.int(1), 8, is_unsigned);
    case type.short:
    case type.year:
      return signed(packet.int(2), 16, is_unsigned);
    case type.long:
    case type.int24:
      return signed(packet.int(4), 32, is_unsigned);
    case type.longlong:
      return readLong(packet.bytes(8), is_unsigned);
    case type.float:
      return packet.bytes(4).readFloatLE();
    case type.double:
      return packet.bytes(8).readDoubleLE();
    case type.date:
    case type.datetime:
    case type.timestamp:
      return readDate(packet);
    case type.time:
      return packet.bytes(packet.int(1)).toString("hex");
    default:
      return textOrBytes(packet.value() ?? Buffer.alloc(0), column);
  }
}

function fromText(bytes: Buffer, column: Column): unknown {
  const text = bytes.toString("latin1");
  const number = Number(text);
  if (whole.has(column.type)) return Number.isSafeInteger(number) ? number : BigInt(text);
  return fractional.has(column.type) ? number : textOrBytes(bytes, column);
}

function textOrBytes(bytes: Buffer, column: Omit<Column, "name">): string | Buffer {
  const is_binary = blobs.has(column.type) && column.charset === binary_charset;
  return is_binary ? bytes : bytes.toString("utf8");
}

function signed(number: number, bits: number, is_unsigned: boolean): number {
  return is_unsigned || number < 2 ** (bits - 1) ? number : number - 2 ** bits;
}

function readLong(bytes: Buffer, is_unsigned: boolean): number | bigint {
  const long = is_unsigned ? bytes.readBigUInt64LE() : bytes.readBigInt64LE();
  return Number.isSafeInteger(Number(long)) ? Number(long) : long;
}

/** A date takes only as many bytes as it needs: 0, 4, 7 with the time, 11 with microseconds. */
function readDate(packet: Packet): string {
  const length = packet.int(1);
  if (length === 0) return "0000-00-00";
  const two = (number: number): string => String(number).padStart(2, "0");
  const date = `${String(packet.int(2)).padStart(4, "0")}-${two(packet.int(1))}-${two(packet.int(1))}`;
  if (length < 7) return date;
  const time = `${two(packet.int(1))}:${two(packet.int(1))}:${two(packet.int(1))}`;
  const micros = length < 11 ? "" : `.${String(packet.int(4)).padStart(6, "0")}`;
  return `${date} ${time}${micros}`;
}
