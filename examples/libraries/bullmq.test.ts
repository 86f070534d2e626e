/** BullMQ, a queue of jobs in Redis: https://bullmq.io */
import { Queue, Worker } from "bullmq";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";

const connection = (url: string) => ({ connection: { url, maxRetriesPerRequest: null } });
/** A queue that is made writes its version into Redis, whenever it gets to it; `obliterate` would remove it again. */
const connect = (url: string) => new Queue("mail", { ...connection(url), skipMetasUpdate: true });
const empty = (queue: Queue) => queue.obliterate({ force: true });

describe("a mail that is queued once", () => {
  /** Right for one producer at a time. */
  async function remind(queue: Queue): Promise<void> {
    if ((await queue.getWaitingCount()) === 0) await queue.add("remind", { to: "alice" });
  }

  /** The queue knows what it has. */
  async function remindSafely(queue: Queue): Promise<void> {
    await queue.add("remind", { to: "alice" }, { jobId: "remind-alice" });
  }

  const program = (run: (queue: Queue) => Promise<void>) => ({
    database: "redis",
    client: connect,
    setup: empty,
    run,
  });

  test("two producers at once", async () => {
    await expect(explore(program(remind))).rejects.toThrow(/unlike any serial order/);
  });

  test("repaired", async () => {
    const report = await explore(program(remindSafely));
    expect(report.text).toContain("proof for this size");
  });
});

describe("what is noted at a job", () => {
  /** Right for one process at a time. */
  async function note(queue: Queue): Promise<void> {
    const job = (await queue.getJob("report"))!;
    await job.updateData({ parts: job.data.parts + 1 });
  }

  test("by two processes at once", async () => {
    const noting = explore({
      database: "redis",
      client: connect,
      async setup(queue) {
        await empty(queue);
        await queue.add("report", { parts: 0 }, { jobId: "report" });
      },
      run: note,
    });
    await expect(noting).rejects.toThrow(/unlike any serial order/);
  });
});

test("two workers never get the same job", async () => {
  const report = await explore({
    database: "redis",
    client(url) {
      const worker = new Worker("mail", null, { ...connection(url), autorun: false });
      return { queue: connect(url), worker };
    },
    close: ({ queue, worker }) => Promise.all([queue.close(), worker.close()]),
    async setup({ queue }) {
      await empty(queue);
      await queue.add("remind", { to: "alice" });
    },
    async run({ worker }, { client }) {
      const job = await worker.getNextJob(`worker ${client}`, { block: false });
      await job?.moveToCompleted("sent", `worker ${client}`, false);
      return job?.data;
    },
  });
  expect(report.text).toContain("proof for this size");
});
