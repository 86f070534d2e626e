import type { Left } from "../../backends/backend.ts";
import { wait } from "../../backends/real-time.ts";
import type { Failure } from "../program.ts";
import type { LeftBehind } from "../trace.ts";

/** A program that gives something back does so soon after its operation: within so many waits of a few milliseconds. */
const waits_max = 80;
const wait_ms = 3;

const kinds: Readonly<Record<LeftBehind["what"], string>> = {
  connection: "connection never given back",
  transaction: "transaction left open",
  lock: "lock never released",
};

/** Looks until nothing is left behind, or for as long as a program may take to give it back. */
export async function untilGivenBack(look: () => LeftBehind[]): Promise<LeftBehind[]> {
  let left = look();
  for (let waits = 0; left.length > 0 && waits < waits_max; waits++) {
    await wait(wait_ms);
    left = look();
  }
  return left;
}

/**
 * What a client has left behind, by what its session says.
 * @param before how many connections it had taken from its pool when the schedule began
 */
export function leftBy(client: number | undefined, left: Left, before: number): LeftBehind[] {
  const who = client === undefined ? {} : { client };
  return [
    ...(left.lent > before ? [{ ...who, what: "connection" } as const] : []),
    ...(left.transactions > 0 ? [{ ...who, what: "transaction" } as const] : []),
  ];
}

/** What is left behind is a failure, if a program must give back everything. */
export function failureOfLeft(left: readonly LeftBehind[]): Failure | undefined {
  const [first] = left;
  return first && { kind: kinds[first.what], message: "" };
}
