/**
 * The linearization of a load: its operations in an order that one thing alone could have done them in. A model judges
 * each key by itself, so it gives an order for each key; linearizability is local, so the points in time at which the
 * operations of all keys took effect are an order of the whole.
 */
import { byKey } from "../../checkers/by-key.ts";
import { checkHistory } from "../../checkers/check-history.ts";
import { models } from "../../checkers/models/index.ts";
import type { History, Operation } from "../../histories/event.ts";

/** A drawing is not worth waiting for longer. */
const limit_ms = 1_000;

/** An order, or why there is none, in a sentence. */
export type Linearization =
  | { readonly order: readonly Operation[] }
  | { readonly no_order: string };

/**
 * @param judged_by names of the checkers that found the history valid
 */
export async function linearizationOf(
  history: History,
  judged_by: readonly string[],
): Promise<Linearization> {
  const model = judged_by.find((name) => Object.hasOwn(models, name));
  if (model === undefined) return { no_order: whyNone(judged_by) };
  const asked = { model, witness: true, timeoutMs: limit_ms };
  const { witness, reason } = await checkHistory(history, asked);
  if (witness === undefined) return { no_order: `No order to draw was found: ${reason}` };
  const keys = [...byKey(witness).values()];
  return { order: keys.length === 1 ? witness : merged(keys) };
}

/** Each operation has a point in time, in the middle of where the order of its key lets it be. */
function merged(keys: readonly (readonly Operation[])[]): Operation[] {
  const points = keys.flatMap((ordered) => {
    let earliest_ns = 0;
    const from = ordered.map((one) => (earliest_ns = Math.max(earliest_ns, one.invoked_ns)));
    let latest_ns = Infinity;
    const to = ordered
      .toReversed()
      .map((one) => (latest_ns = Math.min(latest_ns, one.returned_ns)))
      .reverse();
    return ordered.map((operation, i) => {
      // What has no answer may take effect at any time after its call.
      const until_ns = Number.isFinite(to[i]!) ? to[i]! : from[i]!;
      return { operation, at_ns: (from[i]! + until_ns) / 2 };
    });
  });
  return points.sort((a, b) => a.at_ns - b.at_ns).map(({ operation }) => operation);
}

/** What these checkers look at instead. */
const looks_at: Readonly<Record<string, string>> = {
  "unique-ids": "asks only that no two answers are the same, so any order would do",
  unique: "asks only that no two answers are the same, so any order would do",
  bank: "adds up what each read tells",
  "every-transfer-counts": "adds up the balances at rest",
  "lost-update": "counts what is there at rest",
};

function whyNone(judged_by: readonly string[]): string {
  const told = judged_by.flatMap((name) => (looks_at[name] ? [`${name} ${looks_at[name]}`] : []));
  const who = judged_by.length === 1 ? "the checker that judged" : "the checkers that judged";
  const how = told.length === 0 ? judged_by.join(", ") : told.join("; ");
  return `There is no order to draw: ${who} this history did not look for one (${how}).`;
}
