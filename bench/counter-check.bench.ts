import { counterChecker } from "../checkers/counter.ts";
import { counter } from "../checkers/models/counter.ts";
import { randomHistory, seeded } from "../checkers/random-history.ts";
import type { Operation } from "../histories/event.ts";

/** The counter checker on 200,000 operations of 20 clients (`seeds`), and on five times as many. */
export default async function bench(): Promise<void> {
  time(made(20_000)); // warm-up
  const small = time(made(100_000));
  const seeds = time(made(200_000));
  const memory_mb = Math.round(process.resourceUsage().maxRSS / 1024);
  const large = time(made(1_000_000));
  console.log(
    `  200,000 operations: ${seeds.toFixed(0)} ms (limit 1,000), ${memory_mb} MB (limit 512), histories and all`,
  );
  console.log(`  1,000,000 operations: ${large.toFixed(0)} ms (limit 6,000)`);
  console.log(`  10 × the operations: ${(large / small).toFixed(1)} × the time (limit 14)`);
}

/** Half of the increments answer their value, a tenth of the operations are reads, 1 % crash. */
function made(operations: number): Operation[] {
  const random = seeded(1);
  return randomHistory(
    {
      model: counter(),
      clients: 20,
      operations,
      crashed: 0.01,
      call: () => (random() < 0.1 ? { f: "read", input: null } : { f: "add", input: 1 }),
      answer: (value, { f }) => (f === "read" ? value : random() < 0.5 ? Number(value) + 1 : null),
    },
    random,
  );
}

function time(operations: Operation[]): number {
  globalThis.gc?.();
  const start = performance.now();
  const { verdict } = counterChecker.check({ header: undefined, operations });
  if (verdict !== "valid") throw new Error(`expected valid, got ${verdict}`);
  return performance.now() - start;
}
