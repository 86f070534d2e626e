/**
 * Plain data as text: equal texts exactly for equal data, whatever the order of an object's fields or of
 * a Map's or Set's entries.
 * @throws Error for what cannot be compared by content (functions, instances of classes).
 */
export function plainText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : objectText(value);
    default:
      throw new Error(`a ${typeof value} cannot be part of a state or a value; use plain data.`);
  }
}

function objectText(value: object): string {
  if (Array.isArray(value)) return `[${value.map(plainText).join()}]`;
  if (value instanceof Set) return `Set(${[...value].map(plainText).sort().join()})`;
  if (value instanceof Map)
    return `Map(${[...value]
      .map(([key, item]) => `${plainText(key)}=>${plainText(item)}`)
      .sort()
      .join()})`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null)
    throw new Error(
      `a ${value.constructor.name} cannot be part of a state or a value; use plain data.`,
    );
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, item]) => `${JSON.stringify(name)}:${plainText(item)}`).join()}}`;
}

/** Whether two pieces of plain data are the same. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other || (Number.isNaN(one) && Number.isNaN(other))) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  return plainText(one) === plainText(other);
}
