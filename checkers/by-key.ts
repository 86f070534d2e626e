import type { Operation } from "../histories/event.ts";

/** Operations by their key, each list in the order of the invokes. */
export function byKey(operations: readonly Operation[]): Map<string, readonly Operation[]> {
  const first = operations[0]?.key;
  // Millions of operations of one key are not listed again.
  if (first !== undefined && operations.every(({ key }) => key === first))
    return new Map([[first, operations]]);
  const keys = new Map<string, Operation[]>();
  let last_key: string | undefined;
  let list: Operation[] = [];
  for (const operation of operations) {
    const { key } = operation;
    if (key !== last_key) {
      last_key = key;
      const known = keys.get(key);
      list = known ?? [];
      if (known === undefined) keys.set(key, list);
    }
    list.push(operation);
  }
  return keys;
}
