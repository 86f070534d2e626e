const last = new WeakMap<object, Promise<unknown>>();

/**
 * Explorations of one backend take turns: two that ran side by side in one database would disturb each other.
 * @returns what `work` answers, once those before it are over
 */
export function inTurn<T>(backend: object, work: () => Promise<T>): Promise<T> {
  const before = last.get(backend) ?? Promise.resolve();
  const mine = before.then(work, work);
  last.set(
    backend,
    mine.catch(() => undefined),
  );
  return mine;
}
