import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { CheckAnswer, CheckOptions, CheckRequest, FileVerdict } from "./check-options.ts";
import { memoryToTakeMb } from "./memory-limit.ts";
import { merge } from "./merge.ts";
import { startWorker } from "./start-worker.ts";
import { watchMemory } from "./watch-memory.ts";

/** From this size on it is worth letting several threads judge a part of the keys each. */
const large_file_bytes = 8 << 20;
/** How much longer a thread that should have given up by itself may take to say so. */
const grace_ms = 200;
/** A timer for a longer time would ring at once. */
const longest_timer_ms = 2 ** 31 - 1;

/**
 * Judges a recorded history, in threads of its own: the limits hold even inside a step of a model
 * that does not return. A file that cannot be read as a history is `unknown`, with the reason.
 */
export async function checkFile(path: string, options: CheckOptions): Promise<FileVerdict> {
  const size = await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
  const of = size < large_file_bytes ? 1 : Math.min(4, availableParallelism());
  const { signal, memoryMb: memory_mb = memoryToTakeMb(), ...plain } = options;
  const sent_ms = Date.now();
  const memory = watchMemory(memory_mb, of);
  const signals = [memory.signal, ...(signal === undefined ? [] : [signal])];
  const shares = Array.from({ length: of }, (_, index) =>
    inThread(
      { path, options: { ...plain, memoryMb: memory_mb }, share: { index, of }, sent_ms },
      AbortSignal.any(signals),
    ),
  );
  const verdicts = await Promise.all(shares).finally(() => memory.end());
  const merged = merge(verdicts);
  // Each thread returns the order of its own keys.
  const witness = verdicts.flatMap((verdict) => verdict.witness ?? []);
  return { ...verdicts[0]!, ...merged, ...(merged.witness === undefined ? {} : { witness }) };
}

/** One thread's answer, or `unknown` when it had to be ended. An invalid verdict that it had sent already stands. */
function inThread(request: CheckRequest, signal: AbortSignal): Promise<FileVerdict> {
  const { timeoutMs: timeout_ms, memoryMb: memory_mb, model } = request.options;
  const progress = new Int32Array(new SharedArrayBuffer(8));
  return new Promise((resolve) => {
    const limit = { maxOldGenerationSizeMb: memory_mb / request.share.of };
    const file = new URL("./check-worker", import.meta.url);
    const worker = startWorker(file, { ...request, progress }, limit);
    const end = (answer: FileVerdict): void => {
      worker.removeAllListeners("exit");
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
      resolve(answer);
      void worker.terminate();
    };
    let found: FileVerdict | undefined;
    const unknown = (why: string): void =>
      end(
        found ?? {
          file: request.path,
          checker: model,
          verdict: "unknown",
          reason: `${why}: ${progress[0]} events were reached.`,
          operations: 0,
          events: 0,
          notes: [],
        },
      );
    const stop = (): void =>
      unknown(signal.reason === "memory" ? `Not decided within ${memory_mb} MB` : "Told to stop");
    const timer =
      timeout_ms === undefined
        ? undefined
        : setTimeout(
            () => unknown(`Not decided within ${timeout_ms / 1000} s`),
            Math.min(timeout_ms + grace_ms, longest_timer_ms),
          );
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    worker.on("message", ({ verdict, last }: CheckAnswer) => {
      if (last) end(verdict);
      else found = verdict;
    });
    worker.on("exit", () =>
      unknown("The model has ended the check (process.exit), or waits for what never happens"),
    );
    worker.on("error", (error: Error & { code?: string }) =>
      unknown(
        error.code === "ERR_WORKER_OUT_OF_MEMORY"
          ? `Not decided within ${memory_mb} MB`
          : `The checker failed (${error.message})`,
      ),
    );
  });
}
