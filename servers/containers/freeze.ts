/** Pauses a container, also one whose server is just waiting for its disk. */
import { setTimeout as sleep } from "node:timers/promises";

/** How long a container may withstand. */
const limit_ms = 10_000;

/**
 * On a kernel with cgroups of the first version a process that waits for its disk cannot be frozen; runc gives
 * up after some milliseconds, with everything thawed again, and leaves it to the caller to try again
 * (github.com/opencontainers/runc/pull/4388).
 * @throws Docker's error, if it is another one, or after 10 s the last one
 */
export async function freeze(container: { pause(): Promise<unknown> }): Promise<void> {
  const deadline = Date.now() + limit_ms;
  for (;;) {
    try {
      await container.pause();
      return;
    } catch (error) {
      if (!/unable to freeze/.test(String(error)) || Date.now() > deadline) throw error;
    }
    await sleep(20);
  }
}
