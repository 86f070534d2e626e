import { parentPort, workerData } from "node:worker_threads";
import type { CheckOptions, FileVerdict } from "./check-file.ts";
import { checkShare } from "./check-share.ts";

/** A thread that judges a file, or a share of its keys, and may be ended at any time. */
export interface CheckRequest {
  readonly path: string;
  readonly options: Omit<CheckOptions, "signal"> & { readonly memoryMb: number };
  readonly share: { readonly index: number; readonly of: number };
  /** When it was asked: starting a thread takes time, too. */
  readonly sent_ms: number;
}
/** An invalid verdict comes twice: as soon as it is found, and again when it is explained. */
export interface CheckAnswer {
  readonly verdict: FileVerdict;
  readonly last: boolean;
}

// oxlint-disable-next-line no-unsafe-type-assertion -- check-file.ts sends just that
const { path, options, share, sent_ms, progress } = workerData as CheckRequest & {
  progress: Int32Array;
};
const started_ms = performance.now() - (Date.now() - sent_ms);
const post = (answer: CheckAnswer): void => {
  // oxlint-disable-next-line require-post-message-target-origin -- that is for windows, not for threads
  parentPort?.postMessage(answer);
};
const found = (verdict: FileVerdict): void => post({ verdict, last: false });
const verdict = await checkShare(path, options, { share, progress, started_ms }, found);
post({ verdict, last: true });
