import type { Operation } from "../../histories/event.ts";
import { pick, type Random } from "../random-calls.ts";
import { Constructed, type Look } from "./construct.ts";
import type { Kind } from "./kind.ts";

/** The fewest and the most operations that a history may have. */
export interface Between {
  readonly least: number;
  readonly most: number;
}

/** A random look: most are small, a few have almost as many operations as they may; few values; up to 50 clients. */
export function someLook(random: Random, { least, most }: Between): Look {
  const operations = Math.floor(least * (most / least) ** (random() ** 2));
  const crashed = pick(random, [0, 0, 0.01, 0.05, 0.2]);
  return {
    operations,
    clients: 1 + Math.floor(50 ** random()),
    values: pick(random, [1, 2, 3, 5, 5, 10, 1_000]),
    bias: pick(random, [0.5, 1, 1, 2]),
    twins: pick(random, [0, 0.2, 0.5]),
    // A crashed operation is open to the end: many of them make any history hard.
    crashed: Math.min(crashed, pick(random, [4, 8, 16]) / operations),
    failed: pick(random, [0, 0.03]),
    intervals: pick(random, ["tight", "even", "wide"]),
  };
}

/** A history that is certainly valid. */
export function validHistory(kind: Kind, look: Look, random: Random): Operation[] {
  return new Constructed(kind.make(), kind, look, random).run(look.operations).operations();
}

/** A history that is certainly not valid, for one reason. */
export function invalidHistory(kind: Kind, look: Look, random: Random): Operation[] {
  const nonsense = random() < 0.5 ? withNonsense(kind, look, random) : undefined;
  return nonsense ?? withNever(kind, look, random);
}

/** With one answer that the model never gives; undefined when no operation has an answer. */
function withNonsense(kind: Kind, look: Look, random: Random): Operation[] | undefined {
  const operations = validHistory(kind, look, random);
  const first = Math.floor(random() * operations.length);
  for (let step = 0; step < operations.length; step++) {
    const at = (first + step) % operations.length;
    const output = operations[at]!.status === "ok" ? kind.nonsense?.(operations[at]!) : undefined;
    if (output !== undefined) return operations.with(at, { ...operations[at]!, output });
  }
  return undefined;
}

/** With calls that cannot follow each other, while nothing else runs and nothing crashed. */
function withNever(kind: Kind, look: Look, random: Random): Operation[] {
  const before = Math.floor(random() * look.operations);
  return new Constructed(kind.make(), kind, { ...look, crashed: 0 }, random)
    .run(before)
    .alone(kind.never(random))
    .run(look.operations - before)
    .operations();
}
