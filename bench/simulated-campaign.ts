/**
 * A campaign on many workers, simulated: how long it would take, and what keeps workers from their work.
 *
 * Each worker takes the job that has waited longest, as BullMQ gives them out. Besides its work, a job takes time of
 * Redis, which does one thing at a time, so that all others wait; and time that keeps nobody else from anything: of the
 * worker itself, of the network, and of the disk, to which Redis writes for all who ask at the same time. Workers that
 * share a machine take something from each other. And each worker looks twice a second whether there is something to do,
 * which costs Redis time, too: so a job takes Redis longer the more workers there are.
 *
 * Jobs are there when the producer has added them, one after the other, or when the job that leaves them is over. So
 * there is no worker without work but for one of four reasons, and the time that each of them takes is added up:
 *
 * - the queue: it asked for a job, or brought one back, and has not got through;
 * - the producer: it has not added the next job yet;
 * - the splitting: what is left of a search is still in the hands of others, who have not divided it yet;
 * - the slowest cell: all is given out, and somebody is not at its end.
 *
 * Whichever takes most is the limit, unless nearly all the time is work. Workers do not die here, and their connections
 * cost nothing. What comes out is no better than what goes in: `queue.bench.ts` measures that, and compares what the
 * simulation says of 1, 2, 4 and 8 workers with what they did.
 */

/** What a job costs besides its work, and what it costs that there are workers. */
export interface Costs {
  /** From one job to the next, besides its work, when one worker is alone. */
  readonly besides_ms: number;
  /** Of it: Redis does this job, and nothing else. */
  readonly redis_ms: number;
  /** Each further worker on the same machine makes it so much longer. */
  readonly crowd_ms: number;
  /** Of Redis, when a worker looks whether there is something to do. */
  readonly look_ms: number;
  /** The producer adds a job. */
  readonly adding_ms: number;
}

export interface SimulatedJob {
  readonly work_ms: number;
  /** What it leaves to others when it is over. */
  readonly leaves?: (() => readonly SimulatedJob[]) | undefined;
}

const limits = [
  "the work",
  "the queue",
  "the producer",
  "the splitting",
  "the slowest cell",
] as const;

export interface Simulated {
  readonly took_ms: number;
  readonly jobs: number;
  readonly limit: (typeof limits)[number];
  /** How much of their time the workers worked, from 0 to 1. */
  readonly worked: number;
}

const looks_per_s = 2;
/** If workers work so much of their time, nothing else is the limit. */
const nearly_all = 0.8;

/**
 * @param planned in the order in which the producer adds them
 * @param together so many workers share a machine
 */
export function simulate(
  planned: Iterable<SimulatedJob>,
  workers: number,
  costs: Costs,
  together: number,
): Simulated {
  const { besides_ms, crowd_ms, look_ms, adding_ms } = costs;
  // What is left of Redis for the jobs, when all have looked.
  const looks = Math.min(0.99, (workers * looks_per_s * look_ms) / 1_000);
  const redis_ms = costs.redis_ms / (1 - looks);
  const others = Math.min(workers, together) - 1;
  const rest_ms = Math.max(0, besides_ms - costs.redis_ms) + others * crowd_ms;
  const free_at = new Float64Array(workers);
  const jobs = new Waiting(planned, adding_ms);
  let [redis_free_at, took_ms, last_is_left] = [0, 0, false];
  const spent = Object.fromEntries(limits.map((limit) => [limit, 0]));
  for (let job = jobs.next(); job !== undefined; job = jobs.next()) {
    const asks_at = Math.max(free_at[0]!, job.there_at);
    spent[job.is_left ? "the splitting" : "the producer"]! += asks_at - free_at[0]!;
    const got_at = Math.max(asks_at, redis_free_at) + redis_ms;
    redis_free_at = got_at;
    const over_at = got_at + rest_ms + job.work_ms;
    spent["the queue"]! += over_at - asks_at - job.work_ms;
    spent["the work"]! += job.work_ms;
    if (over_at > took_ms) [took_ms, last_is_left] = [over_at, job.is_left];
    putFirst(free_at, over_at);
    jobs.add(job.leaves?.() ?? [], over_at);
  }
  for (const at of free_at)
    spent[last_is_left ? "the splitting" : "the slowest cell"]! += took_ms - at;
  const worked = spent["the work"]! / (took_ms * workers);
  const most = limits.toSorted((a, b) => spent[b]! - spent[a]!);
  const limit = worked > nearly_all ? "the work" : most.find((limit) => limit !== "the work")!;
  return { took_ms, jobs: jobs.given, limit, worked };
}

interface WaitingJob extends SimulatedJob {
  readonly there_at: number;
  /** By another job. */
  readonly is_left: boolean;
}

/** All jobs that nobody has taken yet: the one that was there first comes first. */
class Waiting {
  given = 0;
  readonly #planned: Iterator<SimulatedJob>;
  readonly #adding_ms: number;
  /** Of the planned ones. */
  #next: WaitingJob | undefined;
  #added = 0;
  readonly #left: WaitingJob[] = [];

  constructor(planned: Iterable<SimulatedJob>, adding_ms: number) {
    this.#planned = planned[Symbol.iterator]();
    this.#adding_ms = adding_ms;
    this.#next = this.#nextPlanned();
  }

  add(jobs: readonly SimulatedJob[], there_at: number): void {
    const after = this.#left.findIndex((other) => other.there_at > there_at);
    const at = after < 0 ? this.#left.length : after;
    this.#left.splice(at, 0, ...jobs.map((job) => ({ ...job, there_at, is_left: true })));
  }

  next(): WaitingJob | undefined {
    const [left] = this.#left;
    const job = left && left.there_at < (this.#next?.there_at ?? Infinity) ? left : this.#next;
    if (job === undefined) return undefined;
    if (job === left) this.#left.shift();
    else this.#next = this.#nextPlanned();
    this.given++;
    return job;
  }

  #nextPlanned(): WaitingJob | undefined {
    const { done, value } = this.#planned.next();
    if (done === true) return undefined;
    return { ...value, there_at: this.#added++ * this.#adding_ms, is_left: false };
  }
}

/** Replaces the smallest of a heap. */
function putFirst(heap: Float64Array, value: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= value) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
}
