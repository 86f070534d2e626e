/**
 * Judging a very long load: 8,000,000 increments of 20 clients, as a run does it, in a thread. How long it takes, how
 * much memory, and whether the event loop of the run stands still meanwhile (it must not for longer than 200 ms).
 */
import { once } from "node:events";
import { createWriteStream, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { judgeInThread } from "../cli/judge-in-thread.ts";
import { StatusLine } from "../reports/status-line.ts";
import { counting } from "../suites/counter/workload.ts";
import { ownShare, StallWatch } from "./stall-watch.ts";

const sizes = [2_000_000, 8_000_000];
const clients = 20;

export default async function judge(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "raceproof-bench-"));
  try {
    for (const increments of sizes) await judged(join(folder, `${increments}.jsonl`), increments);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function judged(path: string, increments: number): Promise<void> {
  await write(path, increments);
  const mb = Math.round(statSync(path).size / 1e6);
  const before = process.memoryUsage.rss();
  let most = 0;
  const look = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 100);
  const cpu = process.cpuUsage();
  const began = performance.now();
  using watch = new StallWatch();
  const timing = { elapsed_s: 1, operations_per_s: 1 };
  const status = new StatusLine();
  const result = await judgeInThread(status, "judging", [path, increments, counting, timing]);
  clearInterval(look);
  status.clear();
  const { user, system } = process.cpuUsage(cpu);
  const longest = Math.max(0, ...watch.stalls.map(ownShare));
  console.log(
    `${increments.toLocaleString("en")} increments, ${mb} MB: ${result.verdict.verdict} in ${seconds(performance.now() - began)} s ` +
      `(${seconds((user + system) / 1000)} s of processor time), ${Math.round((most - before) / 2 ** 20)} MB more memory; ` +
      `the event loop stood still for ${longest.toFixed(0)} ms at most (limit 200)`,
  );
}

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/** All clients invoke, then all are answered; now and then one reads. */
async function write(path: string, increments: number): Promise<void> {
  const file = createWriteStream(path);
  const lines = [
    `{"raceproof":1,"backend":"redis","server":"Redis","strategy":"counter.incr","isolation":null,"seed":1,"clients":${clients},"initial":0,"started":""}`,
  ];
  let [index, value] = [0, 0];
  const add = (process: number, rest: string): void => {
    lines.push(`{"index":${index},"time_ns":${index++ * 5_000},"process":${process},${rest}}`);
  };
  while (value < increments) {
    const reads = index % 200 === 0;
    const f = reads
      ? `"f":"read","key":"counter","input":null`
      : `"f":"add","key":"counter","input":1`;
    for (let client = 0; client < clients; client++) add(client, `"type":"invoke",${f}`);
    for (let client = 0; client < clients; client++)
      add(client, `"type":"ok","output":${reads ? value : ++value}`);
    if (lines.length > 10_000 && !file.write(`${lines.splice(0).join("\n")}\n`))
      await once(file, "drain");
  }
  add(0, `"type":"invoke","f":"read","key":"counter","input":null`);
  add(0, `"type":"ok","output":${value}`);
  file.end(`${lines.join("\n")}\n`);
  await finished(file);
}
