/** Groups by name, in the order in which the names first occur. */
export function groups<T>(all: readonly T[], nameOf: (one: T) => string): [string, T[]][] {
  const by_name = new Map<string, T[]>();
  for (const one of all) {
    const group = by_name.get(nameOf(one));
    if (group) group.push(one);
    else by_name.set(nameOf(one), [one]);
  }
  return [...by_name];
}
