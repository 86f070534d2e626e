import { readFileSync } from "node:fs";

/** If more than this share of the processors' time went to others, a round says little about the code. */
const disturbed_from = 0.02;

/**
 * Runs `round` until `wanted` of its results are calm, but at most three times as often. A round is calm if the host
 * took hardly any processor time away from this virtual machine ("steal" in
 * https://man7.org/linux/man-pages/man5/proc_stat.5.html). If the system does not say, every round is calm.
 * @returns the results of the calm rounds, or of all if fewer than half of what is wanted were calm; and what to print
 */
export async function calmRounds<T>(
  wanted: number,
  round: (n: number) => Promise<T>,
): Promise<{ readonly results: readonly T[]; readonly note: string }> {
  const all: T[] = [];
  const calm: T[] = [];
  while (calm.length < wanted && all.length < 3 * wanted) {
    const before = processorTime();
    const result = await round(all.length);
    const after = processorTime();
    all.push(result);
    const stolen = (after.stolen - before.stolen) / (after.all - before.all || 1);
    if (stolen < disturbed_from) calm.push(result);
  }
  if (calm.length < wanted / 2)
    return {
      results: all,
      note: `${all.length} rounds, ${all.length - calm.length} of them disturbed by the host: repeat it`,
    };
  const left_out = all.length - calm.length;
  return {
    results: calm,
    note:
      `${calm.length} rounds in turns` +
      (left_out > 0 ? `, ${left_out} disturbed by the host left out` : ""),
  };
}

/** Of an even number, the upper one of the two in the middle. */
export const median = (of: readonly number[]): number =>
  of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)]!;

/** In ticks, of all processors together; zeros where there is no /proc/stat. */
function processorTime(): { readonly stolen: number; readonly all: number } {
  let text: string;
  try {
    text = readFileSync("/proc/stat", "utf8");
  } catch {
    return { stolen: 0, all: 0 };
  }
  // user nice system idle iowait irq softirq steal; what follows is contained in these.
  const ticks = text.split("\n", 1)[0]!.trim().split(/\s+/).slice(1, 9).map(Number);
  return { stolen: ticks[7] ?? 0, all: ticks.reduce((sum, each) => sum + each, 0) };
}
