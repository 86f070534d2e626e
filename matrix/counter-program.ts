import { counterChecker } from "../checkers/counter.ts";
import { lostUpdateChecker } from "../checkers/lost-update.ts";
import { uniqueChecker } from "../checkers/unique.ts";
import type { History, HistoryEvent } from "../histories/event.ts";
import { Pairing } from "../histories/pair.ts";
import { CheckFailed, type Program } from "../schedules/program.ts";
import type { Strategy } from "./strategy.ts";

/** A strategy as a program that schedules can explore: one increment an operation, judged by the checkers. */
export function counterProgram<Client>(
  strategy: Strategy<Client>,
  updates: "kept" | "lost" | "unique",
): Program<Client> {
  return {
    setup: (client, key) => strategy.prepare(client, key),
    run: (client, around) => strategy.increment(client, around.key, around),
    async check(client, { key, events }) {
      const final = await strategy.read(client, key);
      judge(withFinalRead(events, key, final), updates);
    },
    operation: { f: "add", input: 1 },
    alike: true,
    shared_connection: strategy.shared_connection ?? false,
    ...(strategy.expire === undefined ? {} : { expire: strategy.expire }),
  };
}

/** @throws CheckFailed with the class of what is wrong */
function judge(history: History, updates: "kept" | "lost" | "unique"): void {
  if (updates === "unique") {
    const { verdict, reason } = uniqueChecker.check(history, {});
    if (verdict === "invalid") throw new CheckFailed("same number twice", reason);
    return;
  }
  const { figures, reason } = lostUpdateChecker.check(history, {});
  if ((figures?.lost ?? 0) > 0) throw new CheckFailed("lost update", reason);
  if ((figures?.applied_twice ?? 0) > 0) throw new CheckFailed("counted twice", reason);
  const counter = counterChecker.check(history, {});
  if (counter.verdict === "invalid") throw new CheckFailed("not linearizable", counter.reason);
}

function withFinalRead(events: readonly HistoryEvent[], key: string, final: number): History {
  const pairing = new Pairing();
  for (const event of events) pairing.add(event);
  const index = events.length;
  const last = { process: Number.MAX_SAFE_INTEGER, time_ns: events.at(-1)?.time_ns ?? 0 };
  pairing.add({ ...last, index, type: "invoke", f: "read", key, input: null });
  pairing.add({ ...last, index: index + 1, type: "ok", output: final });
  return { header: undefined, operations: pairing.operations };
}
