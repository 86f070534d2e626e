import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { checkFile } from "../checkers/check-file.ts";
import type { FileVerdict } from "../checkers/check-options.ts";
import { readHistory } from "../histories/read-history.ts";

const mebibyte = 2 ** 20;
const folder = mkdtempSync(join(tmpdir(), "raceproof-bench-"));

/** Reads and judges files of a million events; then tries the limits on checks that nothing else would end. */
export default async function bench(): Promise<void> {
  try {
    for (const format of ["jsonl", "edn", "log"] as const) await million(format);
    await limits();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Line = (index: number, process: number, type: string, value: number) => string;

const lines: Record<"jsonl" | "edn" | "log", Line> = {
  jsonl: (index, process, type, value) =>
    `{"index":${index},"time_ns":${index},"process":${process},"type":"${type}",${
      type === "invoke" ? '"f":"add","key":"k","input":1' : `"output":${value}`
    }}`,
  edn: (index, process, type) =>
    `{:index ${index}, :time ${index}, :process ${process}, :type :${type}, :f :add, :value 1}`,
  log: (_, process, type) => `INFO  jepsen.util - ${process}\t:${type}\t:add\t1`,
};

/** Ten clients that add in turns. */
async function million(format: keyof typeof lines): Promise<void> {
  const path = join(folder, `million.${format}`);
  const file = createWriteStream(path);
  for (let index = 0; index < 1_000_000; index += 1_000) {
    const chunk = Array.from({ length: 1_000 }, (_, more) => {
      const at = index + more;
      const type = at % 20 < 10 ? "invoke" : "ok";
      return lines[format](at, at % 10, type, Math.floor(at / 20) * 10 + (at % 10) + 1);
    });
    if (!file.write(`${chunk.join("\n")}\n`)) await once(file, "drain");
  }
  file.end();
  await finished(file);
  const size = Math.round(statSync(path).size / mebibyte);
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const peak = peakMemory();
  const start = performance.now();
  const { events } = await readHistory(path);
  const read_ms = performance.now() - start;
  const most_mb = Math.round((peak() - before) / mebibyte);
  console.log(
    `  ${events.toLocaleString("en")} events of ${format}, ${size} MB: read in ${(read_ms / 1000).toFixed(1)} s (limit 10), ${most_mb} MB more memory`,
  );
  globalThis.gc?.();
  const begin = performance.now();
  const { verdict, events: judged } = await checkFile(path, { model: "counter" });
  const check_ms = performance.now() - begin;
  console.log(`    checkFile: ${verdict}, ${judged} events, ${(check_ms / 1000).toFixed(1)} s`);
}

/** Watches the memory of this process. @returns a function that ends the watch and answers the most that it had */
function peakMemory(): () => number {
  let most = 0;
  const look = (): void => {
    most = Math.max(most, process.memoryUsage().rss);
  };
  const timer = setInterval(look, 20);
  return () => {
    clearInterval(timer);
    look();
    return most;
  };
}

const write = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** Checks that would never end or would take all memory, in the search or in a step of somebody's model. */
async function limits(): Promise<void> {
  const enqueues = Array.from({ length: 14 }, (_, process) => process);
  const hopeless = write(
    "hopeless.edn",
    [
      ...enqueues.map((p) => `{:process ${p} :type :invoke :f :enqueue :value ${p >> 1}}`),
      ...enqueues.map((p) => `{:process ${p} :type :ok :f :enqueue :value ${p >> 1}}`),
      "{:process 0 :type :invoke :f :dequeue} {:process 0 :type :ok :f :dequeue :value 99}",
    ].join("\n"),
  );
  const model = (name: string, step: string): string =>
    write(`${name}.mjs`, `export default { name: "${name}", init: 0, step() { ${step} } };`);
  const endless = model("endless", "for (;;);");
  const heap = model("heap", "for (const kept = []; ; ) kept.push(new Array(1000).fill({}));");
  const buffers = model(
    "buffers",
    "for (const kept = []; ; ) kept.push(Buffer.alloc(1 << 20, 1));",
  );
  for (const [title, of_model] of [
    ["a search", "queue"],
    ["a step that does not return", endless],
  ] as const)
    await limited(title, () => checkFile(hopeless, { model: of_model, timeoutMs: 3_000 }));
  for (const [title, of_model] of [
    ["a search", "queue"],
    ["a step that fills the heap", heap],
    ["a step that fills buffers", buffers],
  ] as const)
    await limited(title, () =>
      checkFile(hopeless, { model: of_model, memoryMb: 256, timeoutMs: 60_000 }),
    );
}

async function limited(title: string, check: () => Promise<FileVerdict>): Promise<void> {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const peak = peakMemory();
  const start = performance.now();
  const { verdict, reason } = await check();
  const spent_ms = performance.now() - start;
  const most_mb = Math.round((peak() - before) / mebibyte);
  console.log(
    `  ${title}: ${verdict}. ${reason} ${(spent_ms / 1000).toFixed(2)} s, ${most_mb} MB more memory`,
  );
}
