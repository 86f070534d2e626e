import { getHeapStatistics } from "node:v8";

const bytes_in_mb = 2 ** 20;

/** How much memory a check may take by default: half of what is free, so that the machine does not swap. */
export function memoryToTakeMb(): number {
  return Math.max(64, Math.floor(process.availableMemory() / 2 / bytes_in_mb));
}

/** The system takes longer to tell what is free than many a check takes: so it is asked once in this time. */
const asked_again_ms = 1_000;
let asked_ms = Number.NEGATIVE_INFINITY;
let here_mb = 0;

/** The same for a check in the current thread, where Node's own heap limit holds, too. */
export function memoryToTakeHereMb(): number {
  const now_ms = performance.now();
  if (now_ms - asked_ms < asked_again_ms) return here_mb;
  asked_ms = now_ms;
  const heap_mb = Math.floor(getHeapStatistics().heap_size_limit / bytes_in_mb);
  here_mb = Math.min(memoryToTakeMb(), heap_mb);
  return here_mb;
}
