import { getHeapStatistics } from "node:v8";

const bytes_in_mb = 2 ** 20;

/** What a check may take when nobody said how much: half of the memory that is free, so that no machine swaps. */
export function memoryToTakeMb(): number {
  return Math.max(64, Math.floor(process.availableMemory() / 2 / bytes_in_mb));
}

/** The same for a check in this very thread, where Node's own limit for objects holds, too. */
export function memoryToTakeHereMb(): number {
  return Math.min(memoryToTakeMb(), Math.floor(getHeapStatistics().heap_size_limit / bytes_in_mb));
}
