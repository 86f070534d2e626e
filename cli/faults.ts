/** The passes of a run: with `--fault`, first on durable servers, then on servers that may forget. */
import { type FaultKind, fault_kinds } from "../matrix/faults/victim.ts";
import type { Settings } from "../servers/local/recipe.ts";
import { chosen } from "./bad-usage.ts";
import { only, type Selection } from "./select.ts";

/** How many faults of each kind a cell gets. */
const times_a_cell = 3;

/** One pass over cells. Each pass starts the servers anew. */
export interface Pass {
  readonly selection: Selection;
  readonly settings: Settings;
  /** The faults that the servers suffer; undefined = none. */
  readonly disturb?: { readonly kinds: readonly FaultKind[]; readonly times: number };
  /** Only cells at the server's default level. */
  readonly at_usual_level: boolean;
}

interface Flags {
  readonly fault?: string;
  readonly strategy?: string;
  readonly isolation?: string;
}

/**
 * Without `--fault`: one pass over all cells. With it: a few correct strategies at the server's default level,
 * unless others are named; then, for `kill`, a second pass on servers whose settings are not durable.
 * @throws BadUsage for an unknown kind of fault
 */
export async function passes(flags: Flags, selection: Selection): Promise<Pass[]> {
  if (flags.fault === undefined) return [{ selection, settings: "fast", at_usual_level: false }];
  const kinds = chosen("--fault", flags.fault, fault_kinds) as FaultKind[];
  const at_usual_level = flags.isolation === undefined;
  const disturb = { kinds, times: times_a_cell };
  const named = flags.strategy !== undefined;
  const durable = named
    ? selection
    : await only(selection, ({ usual }, strategy) => usual.includes(strategy));
  const all: Pass[] = [{ selection: durable, settings: "durable", disturb, at_usual_level }];
  if (kinds.includes("kill") && !named) {
    const forgetful = await only(selection, (workload, strategy) =>
      workload.forgettable.includes(strategy),
    );
    const alone = forgetful.backends.filter(({ servers }) => servers.length === 1);
    all.push({
      selection: { ...forgetful, backends: alone },
      settings: "fast",
      disturb: { ...disturb, kinds: ["kill"] },
      at_usual_level,
    });
  }
  return all;
}

/** One line that says what is left out. */
export function leftOut(flags: Flags): string | undefined {
  if (flags.fault === undefined) return undefined;
  const parts = [
    ...(flags.strategy === undefined ? ["a few correct strategies (others: --strategy)"] : []),
    ...(flags.isolation === undefined ? ["each server's default level (others: --isolation)"] : []),
  ];
  return parts.length === 0 ? undefined : `faults: ${parts.join(", at ")}`;
}
