import * as fc from "fast-check";
import type { Fault, Schedule } from "./schedule.ts";

/** An error needs a step that can meet it. */
type FaultKind = Exclude<Fault["kind"], "error">;

export interface ScheduleBounds {
  readonly clients: number;
  /** Longest list of choices. Default 12 a client. */
  readonly choices?: number;
  /** Kinds of fault, at most one a schedule. Default none. */
  readonly faults?: readonly FaultKind[];
  /** Latest step of a client that a fault may hit. Default 12. */
  readonly steps?: number;
}

/** Schedules as plain data for fast-check; they shrink towards the serial run without faults. */
export function scheduleArbitrary(bounds: ScheduleBounds): fc.Arbitrary<Schedule> {
  const { clients, choices = 12 * clients, faults = [], steps = 12 } = bounds;
  return fc.record({
    choices: fc.array(fc.nat(Math.max(0, clients - 1)), { maxLength: choices, size: "max" }),
    faults:
      faults.length === 0
        ? fc.constant<Fault[]>([])
        : fc.array(faultArbitrary(faults, clients, steps), { maxLength: 1 }),
  });
}

function faultArbitrary(
  kinds: readonly FaultKind[],
  clients: number,
  steps: number,
): fc.Arbitrary<Fault> {
  const place = {
    client: fc.integer({ min: 1, max: clients }),
    step: fc.integer({ min: 1, max: steps }),
  };
  return fc.constantFrom(...kinds).chain((kind): fc.Arbitrary<Fault> => {
    if (kind !== "die") return fc.record({ kind: fc.constant(kind), ...place });
    const connection = fc.constantFrom("closes" as const, "stays" as const);
    return fc.record({ kind: fc.constant(kind), ...place, connection });
  });
}
