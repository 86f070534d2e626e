import { type Random, seeded } from "../load/random.ts";
import type { Disturbance } from "./disturbance.ts";
import type { FaultKind, Victim } from "./victim.ts";

/** One fault of a run, decided before it begins. */
export interface PlannedFault {
  readonly kind: FaultKind;
  readonly victim: Victim;
  /** How long clients work undisturbed before it. */
  readonly after_ms: number;
  /** How long a pause lasts. */
  readonly hold_ms: number;
}

const undisturbed_ms = { least: 300, most: 900 };
const pause_ms = { least: 200, most: 1_000 };
/**
 * Servers with fast settings write to disk once a second. After this time the set-up is on disk, so that only
 * operations can be lost.
 */
const settled_ms = 1_500;

/**
 * Every kind of fault `times` times; order, moments and servers follow from the seed. A kind that no server
 * can suffer is left out.
 */
export function planFaults(
  { kinds, times, victims, settings }: Disturbance,
  seed: number,
): PlannedFault[] {
  const random = seeded(seed);
  const between = ({ least, most }: { least: number; most: number }): number =>
    Math.round(least + random() * (most - least));
  const victimsOf = (kind: FaultKind): Victim[] =>
    victims.filter(({ bears }) => bears.includes(kind));
  return kinds
    .filter((kind) => victimsOf(kind).length > 0)
    .flatMap((kind) => Array.from({ length: times }, () => ({ kind, order: random() })))
    .sort((a, b) => a.order - b.order)
    .map(({ kind }, place) => ({
      kind,
      victim: pick(victimsOf(kind), random),
      after_ms: between(undisturbed_ms) + (place === 0 && settings === "fast" ? settled_ms : 0),
      hold_ms: between(pause_ms),
    }));
}

const pick = <T>(from: readonly T[], random: Random): T =>
  from[Math.floor(random() * from.length)]!;
