import { readdir, readFile } from "node:fs/promises";
import { wait } from "../backends/real-time.ts";

/** A program's processes that do nothing with a database for so many looks are not waited for any longer. */
const idle_looks_max = 40;
const look_every_ms = 10;

/** A program that has ended: its number, and what all that it has started have in their environment. */
export interface Survivable {
  readonly pid: number;
  readonly entry: string;
}

/** A process that is just being replaced by another program shows no environment for a moment. */
const unsure_looks_max = 3;

interface Look {
  readonly pids: readonly number[];
  readonly is_unsure: boolean;
}

/** Which processes are alive that this one has started, and have this in their environment; without /proc, none. */
async function startedBy(pid: number, entry: string): Promise<Look> {
  const looks = await Promise.all(
    (await laterThan(pid)).map(async (later) => {
      const held = await readFile(`/proc/${later}/environ`, "latin1").catch(() => undefined);
      const is_own = held?.split("\0").includes(entry) ?? false;
      const is_unsure = held === "" && !(await isZombie(later));
      return { pids: is_own ? [later] : [], is_unsure };
    }),
  );
  return {
    pids: looks.flatMap(({ pids }) => pids),
    is_unsure: looks.some(({ is_unsure }) => is_unsure),
  };
}

/** One that has ended has no environment either, and may stay until somebody takes note of it. */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "latin1").catch(() => undefined);
  return stat === undefined || /\) Z/.test(stat);
}

/** Only these can be its descendants: the system counts processes up, and then begins again. It tells the last one. */
async function laterThan(pid: number): Promise<readonly number[]> {
  const names = await readdir("/proc").catch(() => []);
  const load = await readFile("/proc/loadavg", "latin1").catch(() => "");
  const has_begun_again = Number(load.trim().split(" ")[4]) < pid;
  const all = names.filter((name) => /^\d+$/.test(name)).map(Number);
  return has_begun_again ? all : all.filter((other) => other > pid);
}

/**
 * A program that has ended may have left others to do its work. Waits until they have ended, too, or do nothing.
 * @param settled resolves once they have nothing under way
 * @returns those that are still there
 */
export async function survivorsOf(
  { pid, entry }: Survivable,
  settled: () => Promise<void>,
): Promise<readonly number[]> {
  let unsure_looks = 0;
  for (let looks = 0; ; looks++) {
    const { pids, is_unsure } = await startedBy(pid, entry);
    const is_over = pids.length === 0 && (!is_unsure || ++unsure_looks > unsure_looks_max);
    if (is_over || looks >= idle_looks_max) return pids;
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
