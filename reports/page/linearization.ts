/** The linearization of a load: its operations in an order that one thing alone could have done them in. */
import { checkHistory } from "../../checkers/check-history.ts";
import type { History, Operation } from "../../histories/event.ts";

/** The model that judges a workload's operations; the other workloads' checkers give no order. */
const models: Readonly<Record<string, string>> = { counter: "counter" };
/** A drawing is not worth waiting for longer. */
const limit_ms = 1_000;

/** @returns undefined where no order is asked of the workload, or none was found in time */
export async function linearizationOf(
  history: History,
  workload: string,
): Promise<readonly Operation[] | undefined> {
  const model = models[workload];
  if (model === undefined) return undefined;
  const { witness } = await checkHistory(history, { model, witness: true, timeoutMs: limit_ms });
  return witness;
}
