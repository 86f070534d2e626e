import { readdir, readFile } from "node:fs/promises";
import { wait } from "../backends/real-time.ts";

/** A program's processes that do nothing with a database for so many looks are not waited for any longer. */
const idle_looks_max = 40;
const look_every_ms = 10;

/** Which processes are alive that have this in their environment; where /proc is missing, none. */
export async function processesWith(entry: string): Promise<number[]> {
  const pids = (await readdir("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const held = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
      return held.split("\0").includes(entry) ? [Number(pid)] : [];
    }),
  );
  return found.flat();
}

/**
 * A program that has ended may have left others to do its work. Waits until they have ended, too, or do nothing.
 * @param settled resolves once they have nothing under way
 * @returns those that are still there
 */
export async function survivorsOf(
  entry: string,
  settled: () => Promise<void>,
): Promise<readonly number[]> {
  for (let looks = 0; ; looks++) {
    const there = await processesWith(entry);
    if (there.length === 0 || looks >= idle_looks_max) return there;
    const was_idle = await Promise.race([
      settled().then(() => true),
      wait(look_every_ms).then(() => false),
    ]);
    if (was_idle) await wait(look_every_ms);
    else {
      await settled();
      looks = -1;
    }
  }
}

export function endAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  }
}
