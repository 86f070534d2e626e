/** A Map with about 16.7 million entries throws when another one is added. */
export const most_entries = 16_000_000;

/** The same numbers in an array twice as long. */
export function doubled(array: Int32Array): Int32Array {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
