import { wait } from "./real-time.ts";

/** One try each millisecond. */
const most_tries = 1_000;
/** A connection that is still there after this many tries is ended by force: its last statement may wait for a lock. */
const tries_before_force = 100;

/**
 * Waits until the server has ended connections that the client closed: only then are their locks and
 * transactions over.
 * @param running which of these connections the server still has
 * @param terminate makes the server end them
 * @throws what `running` and `terminate` throw, such as a lost connection to the server
 */
export async function untilGone<Id>(
  connections: readonly Id[],
  running: (connections: readonly Id[]) => Promise<readonly Id[]>,
  terminate: (connections: readonly Id[]) => Promise<unknown>,
): Promise<void> {
  let left = connections;
  for (let tries = 0; left.length > 0 && tries < most_tries; tries++) {
    left = await running(left);
    if (left.length === 0) return;
    if (tries === tries_before_force) await terminate(left);
    await wait(1);
  }
}
