import { merge, runChecker } from "../checkers/merge.ts";
import type { HistoryEvent } from "../histories/event.ts";
import { Pairing } from "../histories/pair.ts";
import { eventsByClient, final_process } from "../schedules/client-names.ts";
import { CheckFailed, type Program } from "../schedules/program.ts";
import type { Strategy } from "./strategy.ts";
import type { Workload } from "./workload.ts";

/** A strategy as a program that schedules can explore, judged by the checkers of its workload. */
export function programOf<Client>(workload: Workload, strategy: Strategy<Client>): Program<Client> {
  const { scheduled } = workload;
  const operation = typeof scheduled === "function" ? scheduled : () => scheduled;
  return {
    setup: (client, key) => strategy.prepare(client, key),
    run: (client, around) => strategy.run(client, around.key, operation(around.client), around),
    async check(client, outcome) {
      const { key } = outcome;
      const events = eventsByClient(outcome);
      if (strategy.read === undefined) return judge(workload, events);
      await judge(workload, [
        ...events,
        ...lastRead(events, key, await strategy.read(client, key)),
      ]);
    },
    operation,
    alike: typeof scheduled !== "function",
    sharedConnection: strategy.sharedConnection ?? false,
    ...(strategy.expire === undefined ? {} : { expire: strategy.expire.bind(strategy) }),
  };
}

/** @throws CheckFailed with the anomaly */
async function judge(workload: Workload, events: readonly HistoryEvent[]): Promise<void> {
  const pairing = new Pairing();
  for (const event of events) pairing.add(event);
  const history = { header: undefined, operations: pairing.operations };
  const verdicts = await Promise.all(workload.checkers.map((each) => runChecker(each, history)));
  const { verdict, reason } = merge(verdicts);
  const anomaly = workload.classify(verdicts);
  if (anomaly !== undefined) throw new CheckFailed(anomaly, reason);
  // If no operation completed, there is nothing to judge: both clients may have failed cleanly.
  const completed = events.some(({ type }) => type === "ok");
  if (verdict === "unknown" && completed) throw new CheckFailed("no verdict", reason);
}

function lastRead(events: readonly HistoryEvent[], key: string, output: unknown): HistoryEvent[] {
  const index = events.length;
  const last = { process: final_process, time_ns: events.at(-1)?.time_ns ?? 0 };
  return [
    { ...last, index, type: "invoke", f: "read", key, input: null },
    { ...last, index: index + 1, type: "ok", output },
  ];
}
