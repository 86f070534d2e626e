/**
 * A worker that has no server for a job leaves it, and all of its queue, to others for a while. That costs the job none
 * of its tries. The tries count only when nobody could do a job of the queue for a while, and nobody is at work in the
 * campaign who could come to it: so a campaign whose server nobody has comes to an end, and says why.
 */
import { closing, countsOf, queueOf } from "./campaign-queue.ts";
import { type Hands, LacksServer, workerName } from "./hands.ts";
import { documentKey, lackedKey, partsOfName, register_key } from "./keys.ts";

export class Lacking {
  readonly #hands: Hands;
  /** By `performance.now()`. */
  readonly #until_ms = new Map<string, number>();

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** Whether its jobs are for others now. */
  leaves(queue: string): boolean {
    return performance.now() < (this.#until_ms.get(partsOfName(queue).backend) ?? 0);
  }

  /** @returns false when it was something else, or nobody else is there who could do it */
  async isForOthers(error: unknown, queue: string): Promise<boolean> {
    if (!(error instanceof LacksServer) || (await this.#isForNobody(queue))) return false;
    const { lost_after_ms } = this.#hands;
    const { backend } = partsOfName(queue);
    this.#until_ms.set(backend, performance.now() + lost_after_ms);
    this.#hands.say(
      `${backend} is left to others for ${lost_after_ms / 1_000} s: ${error.message}`,
    );
    return true;
  }

  async #isForNobody(name: string): Promise<boolean> {
    const { redis, lost_after_ms } = this.#hands;
    const { campaign, backend } = partsOfName(name);
    const key = lackedKey(campaign, backend);
    const [now_s] = await redis.time();
    await redis.zadd(key, "NX", Number(now_s), workerName());
    const [, since_s] = await redis.zrange(key, "0", "0", "WITHSCORES");
    // A worker that comes late must leave nothing behind.
    if ((await redis.exists(documentKey(campaign))) === 0) await redis.unlink(key);
    if (Number(now_s) - Number(since_s ?? now_s) < lost_after_ms / 1_000) return false;
    let active = 0;
    for (const other of await redis.zrange(register_key, "0", "-1")) {
      if (partsOfName(other).campaign !== campaign) continue;
      await using queue = closing(await queueOf(redis, other));
      active += (await countsOf(queue)).active;
    }
    // The job that is asked about is among them.
    return active <= 1;
  }
}
