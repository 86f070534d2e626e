/**
 * Merges questions that come while one is under way into the next one: many lanes ask "who waits?" all
 * the time, and the control connection can only answer one question at a time.
 *
 * @param ask asks the server, in one query, which of these ids wait
 */
export function pollTogether(
  ask: (ids: readonly number[]) => Promise<ReadonlySet<number>>,
): (ids: readonly number[]) => Promise<ReadonlySet<number>> {
  let under_way = false;
  let next: { ids: Set<number>; answer: PromiseWithResolvers } | undefined;

  async function run(): Promise<void> {
    under_way = true;
    while (next !== undefined) {
      const { ids, answer } = next;
      next = undefined;
      await ask([...ids]).then(answer.resolve, answer.reject);
    }
    under_way = false;
  }

  return (ids) => {
    next ??= { ids: new Set(), answer: withResolvers() };
    for (const id of ids) next.ids.add(id);
    const { promise } = next.answer;
    if (!under_way) void run();
    return promise;
  };
}

interface PromiseWithResolvers {
  readonly promise: Promise<ReadonlySet<number>>;
  readonly resolve: (found: ReadonlySet<number>) => void;
  readonly reject: (error: unknown) => void;
}

/** `Promise.withResolvers` is not in Node 20. */
function withResolvers(): PromiseWithResolvers {
  let resolve!: PromiseWithResolvers["resolve"];
  let reject!: PromiseWithResolvers["reject"];
  const promise = new Promise<ReadonlySet<number>>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
