import { parentPort, workerData } from "node:worker_threads";
import type { CheckAnswer, CheckRequest, FileVerdict } from "./check-options.ts";
import { checkShare } from "./check-share.ts";

/** A thread that judges a file, or a share of its keys, and may be ended at any time. */

// oxlint-disable-next-line no-unsafe-type-assertion -- check-file.ts sends just that
const { path, options, share, sent_ms, progress } = workerData as CheckRequest & {
  progress: Int32Array;
};
const started_ms = performance.now() - (Date.now() - sent_ms);

/** If the whole answer cannot be sent (values that are nested too deep), the verdict is sent alone. */
function post(answer: CheckAnswer): void {
  try {
    // oxlint-disable-next-line require-post-message-target-origin -- that is for windows, not for threads
    parentPort?.postMessage(answer);
  } catch {
    const { evidence: _, witness: _order, ...verdict } = answer.verdict;
    // oxlint-disable-next-line require-post-message-target-origin -- see above
    parentPort?.postMessage({ ...answer, verdict });
  }
}

const found = (verdict: FileVerdict): void => post({ verdict, last: false });
const verdict = await checkShare(path, options, { share, progress, started_ms }, found);
post({ verdict, last: true });
