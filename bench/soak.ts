/**
 * `npm run soak [-- MINUTES]`: one process works for half an hour, and must neither grow nor stand still. After each
 * round garbage is collected, and what is left is noted. The first fifth of the time is for warming up; the medians of
 * the other four fifths may differ by 10 % from their mean. No stall may last longer than 200 ms, without what the
 * collection of garbage took, and what other processes had the processor for.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { median } from "./calm.ts";
import { SoakWork } from "./soak-work.ts";
import { ownShare, type Stall, StallWatch } from "./stall-watch.ts";

const minutes = Number(process.argv[2] ?? 30);
const stall_limit_ms = 200;
const memory_limit = 0.1;
const fifths = 5;

interface Sample {
  readonly at_s: number;
  readonly rss_mb: number;
  /** In use after a collection. */
  readonly heap_mb: number;
  /** Buffers and the like, after a collection. */
  readonly external_mb: number;
}

/** After a collection. */
function sample(began: number): Sample {
  globalThis.gc!();
  globalThis.gc!();
  const { rss, heapUsed, external } = process.memoryUsage();
  const [rss_mb, heap_mb, external_mb] = [rss, heapUsed, external].map((bytes) => bytes / 2 ** 20);
  const at_s = (performance.now() - began) / 1000;
  return { at_s, rss_mb: rss_mb!, heap_mb: heap_mb!, external_mb: external_mb! };
}

async function soak(): Promise<boolean> {
  const out = await mkdtemp(join(tmpdir(), "raceproof-soak-"));
  const samples: Sample[] = [];
  using watch = new StallWatch();
  try {
    await using work = await SoakWork.start(out);
    // The start of servers is no part of it.
    watch.begin();
    const began = performance.now();
    while ((performance.now() - began) / 60_000 < minutes) {
      await work.round((what) => (watch.during = what));
      watch.during = "collection by hand";
      samples.push(sample(began));
    }
  } finally {
    await rm(out, { recursive: true });
  }
  const is_flat = memory(samples);
  return stalls(watch) && is_flat;
}

/** Prints the table. @returns whether memory was flat */
function memory(samples: readonly Sample[]): boolean {
  const end_s = samples.at(-1)!.at_s;
  const parts = Array.from({ length: fifths }, (_, i) =>
    samples.filter(({ at_s }) => Math.min(fifths - 1, Math.floor((at_s / end_s) * fifths)) === i),
  );
  if (parts.some((part) => part.length === 0)) {
    console.log(
      `${samples.length} rounds are too few to say anything about memory: give it more minutes`,
    );
    return false;
  }
  const table = new Table({ head: ["minutes", "rounds", "RSS", "heap", "buffers"], style: plain });
  const medians = parts.map((part) => ({
    rss: median(part.map(({ rss_mb }) => rss_mb)),
    heap: median(part.map(({ heap_mb }) => heap_mb)),
    external: median(part.map(({ external_mb }) => external_mb)),
  }));
  for (const [i, { rss, heap, external }] of medians.entries()) {
    const [from, to] = [i, i + 1].map((n) => ((n * end_s) / fifths / 60).toFixed(1));
    const mb = [rss, heap, external].map((size) => `${size.toFixed(1)} MB`);
    table.push([`${from} – ${to}`, String(parts[i]!.length), ...mb]);
  }
  console.log(String(table));
  const spreads = (["rss", "heap"] as const).map((of) =>
    spread(medians.slice(1).map((m) => m[of])),
  );
  const is_flat = spreads.every((one) => one <= memory_limit);
  const [rss, heap] = spreads.map((one) => `± ${(100 * one).toFixed(1)} %`);
  console.log(
    `memory ${is_flat ? "is flat" : "is NOT flat"}: RSS ${rss}, heap ${heap}, without the first fifth (limit ± 10 %)`,
  );
  return is_flat;
}

const plain = { head: [], border: [] };

/** How far the farthest is from the mean, as a share of it. */
function spread(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
  return Math.max(...numbers.map((one) => Math.abs(one - mean))) / mean;
}

/** Prints what held the loop up. @returns whether nothing of it was too long */
function stalls({ delay, stalls: all }: StallWatch): boolean {
  const ms = (ns: number): string => (ns / 1e6).toFixed(1);
  const [p50, p99, p999, most] = [50, 99, 99.9, 100].map((p) => ms(delay.percentile(p)));
  console.log(
    `event loop, delay of a tick in ms: median ${p50}, 99 % ${p99}, 99.9 % ${p999}, most ${most}`,
  );
  const by_hand = (stall: Stall): boolean => stall.during === "collection by hand";
  const counted = all
    .filter((stall) => !by_hand(stall))
    .toSorted((a, b) => ownShare(b) - ownShare(a));
  const table = new Table({ head: ["ms", "own", "collecting", "waiting", "during"], style: plain });
  for (const stall of counted.slice(0, 5)) {
    const { whole, collecting, waiting, during } = stall;
    const numbers = [whole, ownShare(stall), collecting, waiting];
    table.push([...numbers.map((n) => n.toFixed(0)), during]);
  }
  if (counted.length > 0)
    console.log(`the longest of ${counted.length} stalls over 50 ms:\n${table.toString()}`);
  const long = counted.filter((stall) => ownShare(stall) > stall_limit_ms);
  const disturbed = counted.filter(({ waiting }) => waiting > stall_limit_ms).length;
  console.log(
    `${long.length === 0 ? "no stall" : `${long.length} STALLS`} above ${stall_limit_ms} ms outside collection` +
      (disturbed > 0
        ? `; ${disturbed} more times other processes had the processor that long`
        : ""),
  );
  return long.length === 0;
}

process.exitCode = (await soak()) ? 0 : 1;
