/** pg-boss, a queue of jobs in PostgreSQL: https://github.com/timgit/pg-boss */
import PgBoss from "pg-boss";
import { explore } from "raceproof";
import { describe, expect, test } from "vitest";

/** No maintenance in the background: it would run beside the program, whenever its timer says so. */
const quiet = { supervise: false, schedule: false };

const queues = { database: "postgres" } as const;

/** Tables and queues are made once. */
const schema = (policy: "standard" | "short") => async (url: string) => {
  const boss = await new PgBoss({ connectionString: url, ...quiet }).start();
  await boss.createQueue("mail", { name: "mail", policy });
  await boss.stop({ graceful: false });
};

const client = (url: string) =>
  new PgBoss({ connectionString: url, migrate: false, ...quiet }).start();

describe("a mail that is queued once", () => {
  /** Right for one producer at a time. */
  async function remind(boss: PgBoss): Promise<void> {
    if ((await boss.getQueueSize("mail")) === 0) await boss.send("mail", { to: "alice" });
  }

  const program = (policy: "standard" | "short", run: (boss: PgBoss) => Promise<unknown>) => ({
    ...queues,
    schema: schema(policy),
    client,
    setup: (boss: PgBoss) => boss.clearStorage(),
    run,
  });

  test("two producers at once", async () => {
    await expect(explore(program("standard", remind))).rejects.toThrow(/unlike any serial order/);
  });

  test("repaired: the queue takes one at a time", async () => {
    const report = await explore(
      program("short", async (boss) => {
        await boss.send("mail", { to: "alice" });
      }),
    );
    expect(report.text).toContain("proof for this size");
  });
});

test("two workers never get the same job", async () => {
  const report = await explore({
    ...queues,
    schema: schema("standard"),
    client,
    async setup(boss) {
      await boss.clearStorage();
      await boss.insert([{ name: "mail", data: { to: "alice" } }]);
    },
    async run(boss) {
      const [job] = await boss.fetch("mail");
      if (job) await boss.complete("mail", job.id);
      return job?.data;
    },
  });
  expect(report.text).toContain("proof for this size");
});
