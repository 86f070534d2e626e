/** Values on PostgreSQL's wire: as text, or in the binary form of their type. */

/** By type number of `pg_type`: the types whose binary form is read here. */
const binary: Readonly<Record<number, (bytes: Buffer) => unknown>> = {
  16: (bytes) => bytes[0] === 1,
  18: text,
  19: text,
  20: (bytes) => bytes.readBigInt64BE(),
  21: (bytes) => bytes.readInt16BE(),
  23: (bytes) => bytes.readInt32BE(),
  25: text,
  26: (bytes) => bytes.readUInt32BE(),
  114: text,
  700: (bytes) => bytes.readFloatBE(),
  701: (bytes) => bytes.readDoubleBE(),
  1042: text,
  1043: text,
  1082: (bytes) => new Date(epoch_ms + bytes.readInt32BE() * 86_400_000).toISOString().slice(0, 10),
  1114: time,
  1184: time,
  1700: numeric,
  2950: uuid,
  3802: (bytes) => bytes.toString("utf8", 1),
};
/** Types whose text is a number. */
const numbers = new Set([20, 21, 23, 26, 700, 701, 1700]);
const boolean_type = 16;
const epoch_ms = Date.UTC(2000, 0, 1);

/**
 * A value as a JavaScript value; its bytes if the form is not known.
 * @param type number of its type, 0 = not given
 * @param format 0 = text, 1 = binary
 */
export function valueOf(bytes: Buffer, type: number, format: number): unknown {
  if (format === 0) return fromText(bytes.toString("utf8"), type);
  try {
    const value = binary[type]?.(bytes);
    return typeof value === "bigint" && Number.isSafeInteger(Number(value))
      ? Number(value)
      : (value ?? bytes);
  } catch {
    return bytes;
  }
}

function fromText(said: string, type: number): unknown {
  if (type === boolean_type) return said === "t" || said === "true";
  const number = Number(said);
  // A client that leaves the type to the server sends 5 and "5" alike.
  return (type === 0 || numbers.has(type)) && said !== "" && String(number) === said
    ? number
    : said;
}

function text(bytes: Buffer): string {
  return bytes.toString("utf8");
}

function time(bytes: Buffer): string {
  return new Date(epoch_ms + Number(bytes.readBigInt64BE() / 1000n)).toISOString();
}

function uuid(bytes: Buffer): string {
  return bytes.toString("hex").replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
}

/** Digits in base 10,000: their count, the weight of the first, the sign, the number of decimals, the digits. */
function numeric(bytes: Buffer): unknown {
  const [count, weight, sign, shown] = [0, 2, 4, 6].map((at) => bytes.readInt16BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  if (sign !== 0 && sign !== 0x4000) return "NaN";
  let digits = 0n;
  for (let i = 0; i < count; i++) digits = digits * 10_000n + BigInt(bytes.readInt16BE(8 + 2 * i));
  const places = 4 * (count - 1 - weight);
  const whole = places < 0 ? digits * 10n ** BigInt(-places) : digits;
  const padded = whole.toString().padStart(Math.max(0, places) + 1, "0");
  const point = padded.length - Math.max(0, places);
  const behind = padded.slice(point).padEnd(shown, "0").slice(0, shown);
  return `${sign === 0 ? "" : "-"}${padded.slice(0, point)}${behind === "" ? "" : `.${behind}`}`;
}
