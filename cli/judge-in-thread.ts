/**
 * A long history is judged in a thread of its own: this takes minutes, in which connections, signals and the status
 * line need the main thread.
 */
import { stat } from "node:fs/promises";
import { memoryToTakeMb } from "../checkers/memory-limit.ts";
import { startWorker } from "../checkers/start-worker.ts";
import { watchMemory } from "../checkers/watch-memory.ts";
import { HistoryError } from "../histories/history-error.ts";
import { judgeLoad } from "../matrix/load/judge-load.ts";
import type { Timing } from "../matrix/load/load-run.ts";
import type { LoadResult } from "../matrix/result.ts";
import type { StatusLine } from "../reports/status-line.ts";

/** From this size on, a thread is worth the second or so that its start takes. */
const large_history_bytes = 8 << 20;

/** What the thread is given. */
export interface JudgeRequest {
  readonly path: string;
  readonly expected: number;
  readonly workload: string;
  readonly timing: Timing;
}

/** What it answers, again and again. */
export type JudgeAnswer = { readonly read: number } | { readonly result: LoadResult };

/**
 * As `judgeLoad`, and shows under `name` how much of the history is read, and then how long it is judged.
 * @param memory_mb how much memory that may take; default: half of what is free
 * @throws HistoryError as `judgeLoad`, and when it would take more memory
 */
export async function judgeInThread(
  status: StatusLine,
  name: string,
  [path, expected, workload, timing]: Parameters<typeof judgeLoad>,
  memory_mb: number = memoryToTakeMb(),
): Promise<LoadResult> {
  const { size } = await stat(path).catch(() => ({ size: 0 })); // judgeLoad then says why
  if (size < large_history_bytes) return judgeLoad(path, expected, workload, timing);
  const shown = judgingShown(status, name, size);
  try {
    const request = { path, expected, workload: workload.name, timing };
    return await ask(request, memory_mb, (bytes) => shown.read(bytes));
  } finally {
    shown.end();
  }
}

function judgingShown(
  status: StatusLine,
  name: string,
  size: number,
): { read(bytes: number): void; end(): void } {
  const began = performance.now();
  let done = 0;
  let all_read_at: number | undefined;
  const show = (): void => {
    if (all_read_at === undefined)
      return status.show(`${name}: reading its history`, done, size, "bytes", began);
    const elapsed_s = Math.round((performance.now() - all_read_at) / 1000);
    status.show(
      `${name}: judging ${Math.round(size / 1e6)} MB of history`,
      elapsed_s,
      undefined,
      "s",
    );
  };
  show();
  const every_second = setInterval(show, 1_000);
  return {
    read(bytes) {
      done = bytes;
      if (done >= size) all_read_at ??= performance.now();
      show();
    },
    end: () => clearInterval(every_second),
  };
}

function ask(
  request: JudgeRequest,
  memory_mb: number,
  read: (bytes: number) => void,
): Promise<LoadResult> {
  const limits = { maxOldGenerationSizeMb: memory_mb };
  const worker = startWorker(new URL("./judge-worker", import.meta.url), request, limits);
  const memory = watchMemory(memory_mb, 1);
  const tooLong = new HistoryError(
    `The history ${request.path} cannot be judged within ${memory_mb} MB: run fewer --operations.`,
  );
  return new Promise<LoadResult>((resolve, reject) => {
    // Node's limit for a thread does not count its tables.
    memory.signal.addEventListener("abort", () => reject(tooLong));
    worker.on("message", (answer: JudgeAnswer) => {
      if ("read" in answer) read(answer.read);
      else resolve(answer.result);
    });
    worker.once("error", (error: Error & { code?: string }) =>
      reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? tooLong : error),
    );
  }).finally(() => {
    memory.end();
    void worker.terminate();
  });
}
