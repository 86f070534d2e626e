/** What a worker needs to do jobs: where they are, and who measures. */
import { hostname } from "node:os";
import type { Redis } from "ioredis";
import type { CellResult } from "../../matrix/result.ts";
import type { MadeBy } from "../part.ts";
import type { ExploredPart, JobData } from "./job.ts";

/** What a worker can do. */
export interface Hands {
  readonly redis: Redis;
  /** So many jobs side by side. */
  readonly concurrency: number;
  /** A worker that is silent for longer has lost its job to another. */
  readonly lost_after_ms: number;
  readonly made_by: MadeBy;
  /** Where histories stay that are too large for the queue. */
  readonly keep_in: string;
  /** Ends the worker; what it has begun goes back into the queue. */
  readonly signal: AbortSignal;
  /** A folder for what is under way. */
  readonly folder: string;
  /** @throws LacksServer when this machine has no server for it */
  run(data: JobData, more: CellRun): Promise<Measured>;
  /** Tells people what is going on. */
  say(line: string): void;
}

/** The job is for somebody else: this worker has not got its server, and says why. */
export class LacksServer extends Error {
  override readonly name = "LacksServer";
}

/** A cell, or a part of one of its searches. */
export type Measured = CellResult | ExploredPart;

export interface CellRun {
  /** A folder of its own, for its history. */
  readonly out: string;
  /** The result is not wanted any more. */
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

export const workerName = (): string => `${hostname()}-${process.pid}`;
