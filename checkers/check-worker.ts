import { parentPort, workerData } from "node:worker_threads";
import type { CheckOptions, FileVerdict } from "./check-file.ts";
import { checkShare } from "./check-share.ts";

/** A thread that judges a file, or a share of its keys, and may be ended at any time. */
export interface CheckRequest {
  readonly path: string;
  readonly options: Omit<CheckOptions, "signal">;
  readonly share: { readonly index: number; readonly of: number };
}
export type CheckAnswer = FileVerdict;

// oxlint-disable-next-line no-unsafe-type-assertion -- check-file.ts sends just that
const { path, options, share, progress } = workerData as CheckRequest & { progress: Int32Array };
// oxlint-disable-next-line require-post-message-target-origin -- that is for windows, not for threads
parentPort?.postMessage(await checkShare(path, options, { share, progress }));
