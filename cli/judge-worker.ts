import { parentPort, workerData } from "node:worker_threads";
import { judgeLoad } from "../matrix/load/judge-load.ts";
import { suites } from "../suites/suites.ts";
import type { JudgeAnswer, JudgeRequest } from "./judge-in-thread.ts";

/** The thread that judges a long history. */

// oxlint-disable-next-line no-unsafe-type-assertion -- judge-in-thread.ts sends just that
const { path, expected, workload, timing } = workerData as JudgeRequest;
const suite = suites.find((suite) => suite.workload.name === workload)!;
const tell = (answer: JudgeAnswer): void => {
  // oxlint-disable-next-line require-post-message-target-origin -- that is for windows, not for threads
  parentPort?.postMessage(answer);
};
const progress = (read: number): void => tell({ read });
const result = await judgeLoad(path, expected, suite.workload, timing, progress);
tell({ result });
