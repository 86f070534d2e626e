import type { Lane } from "../schedules/run/lane.ts";
import { calmRounds } from "./calm.ts";

/** Behind so many points, everyone goes on. */
const points = 6;

/** The mean of a schedule, and of the same work without doors, in milliseconds. */
export interface Times {
  readonly scheduled_ms: number;
  readonly bare_ms: number;
}

/**
 * Schedules of two clients beside the same work without doors, one client after the other, in turns.
 * @param schedules how many of each a round has
 */
export async function besideBare<Client>(
  lane: Pick<Lane<Client>, "play">,
  bare: () => Promise<unknown>,
  { rounds, schedules }: { readonly rounds: number; readonly schedules: number },
): Promise<{ readonly results: readonly Times[]; readonly note: string }> {
  const scheduled = async (n: number): Promise<unknown> => {
    const pick = ({ steps }: { steps: readonly unknown[] }): number =>
      steps.length < points ? (n >> steps.length) & 1 : 0;
    return lane.play({ operations: [1, 1], pick, faults: [] });
  };
  const timeOf = async (work: (n: number) => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    for (let n = 0; n < schedules; n++) await work(n);
    return (performance.now() - start) / schedules;
  };
  const round = async (): Promise<Times> => ({
    scheduled_ms: await timeOf(scheduled),
    bare_ms: await timeOf(bare),
  });
  await round(); // the first is slower
  return calmRounds(rounds, round);
}
