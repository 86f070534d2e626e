import { getHeapStatistics } from "node:v8";

const bytes_in_mb = 2 ** 20;

/** How much memory a check may take by default: half of what is free, so that the machine does not swap. */
export function memoryToTakeMb(): number {
  return Math.max(64, Math.floor(process.availableMemory() / 2 / bytes_in_mb));
}

/** The same for a check in the current thread, where Node's own heap limit holds, too. */
export function memoryToTakeHereMb(): number {
  return Math.min(memoryToTakeMb(), Math.floor(getHeapStatistics().heap_size_limit / bytes_in_mb));
}
