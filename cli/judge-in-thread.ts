/**
 * A long history is judged in a thread of its own: this takes minutes, in which connections, signals and the status
 * line need the main thread.
 */
import { stat } from "node:fs/promises";
import { memoryToTakeMb } from "../checkers/memory-limit.ts";
import { startWorker } from "../checkers/start-worker.ts";
import { HistoryError } from "../histories/history-error.ts";
import { judgeLoad } from "../matrix/load/judge-load.ts";
import type { Timing } from "../matrix/load/load-run.ts";
import type { LoadResult } from "../matrix/result.ts";
import type { Workload } from "../matrix/workload.ts";
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

/** As `judgeLoad`, and shows under `name` how long it has taken so far. @throws HistoryError as `judgeLoad` */
export async function judgeInThread(
  status: StatusLine,
  name: string,
  ...[path, expected, workload, timing]: [string, number, Workload, Timing]
): Promise<LoadResult> {
  const { size } = await stat(path).catch(() => ({ size: 0 })); // judgeLoad then says why
  if (size < large_history_bytes) return judgeLoad(path, expected, workload, timing);
  const began = performance.now();
  const show = (): void => {
    const elapsed_s = Math.round((performance.now() - began) / 1000);
    const what = `${name}: judging ${Math.round(size / 1e6)} MB of history`;
    status.show(what, elapsed_s, undefined, "s");
  };
  show();
  const every_second = setInterval(show, 1_000);
  try {
    return await ask({ path, expected, workload: workload.name, timing });
  } finally {
    clearInterval(every_second);
  }
}

function ask(request: JudgeRequest): Promise<LoadResult> {
  const memory_mb = memoryToTakeMb();
  const limits = { maxOldGenerationSizeMb: memory_mb };
  const worker = startWorker(new URL("./judge-worker", import.meta.url), request, limits);
  const tooLong = `The history ${request.path} cannot be judged within ${memory_mb} MB: run fewer --operations.`;
  return new Promise((resolve, reject) => {
    worker.once("message", (result: LoadResult) => {
      resolve(result);
      void worker.terminate();
    });
    worker.once("error", (error: Error & { code?: string }) =>
      reject(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? new HistoryError(tooLong) : error),
    );
  });
}
