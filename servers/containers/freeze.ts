/** Pauses a container, even one whose server is waiting for its disk. */
import { setTimeout as sleep } from "node:timers/promises";

/** How long to go on trying. */
const limit_ms = 10_000;

/**
 * With version 1 of cgroups, the kernel cannot freeze a process that waits for its disk. runc then gives up after
 * some milliseconds, thaws everything again, and leaves it to the caller to try again
 * (github.com/opencontainers/runc/pull/4388).
 * @throws Docker's error: this one after 10 s, any other one at once
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
