/** What `--fault` makes of a run: durable servers first, then those that forget. */

import type { Cell } from "../matrix/cell.ts";
import { forgettable_strategies, isUsualLevel, usual_strategies } from "../matrix/faults/usual.ts";
import { type FaultKind, fault_kinds } from "../matrix/faults/victim.ts";
import type { Settings } from "../servers/local/recipe.ts";
import { chosen } from "./bad-usage.ts";
import type { Selection } from "./select.ts";

/** How often each kind of fault comes in a cell. */
const times_a_cell = 3;

/** The servers are started anew for each pass. */
export interface Pass {
  readonly selection: Selection;
  readonly settings: Settings;
  /** What is done to the servers; none: nothing. */
  readonly disturb?: { readonly kinds: readonly FaultKind[]; readonly times: number };
  readonly fits: (cell: Cell) => boolean;
}

interface Flags {
  readonly fault?: string;
  readonly strategy?: string;
  readonly isolation?: string;
}

/**
 * Without faults one pass over all cells. With them a few correct strategies at the server's default level,
 * unless others are named, and what of those the same servers forget without their durable settings.
 * @throws BadUsage for a fault that there is not
 */
export async function passes(flags: Flags, selection: Selection): Promise<Pass[]> {
  if (flags.fault === undefined) return [{ selection, settings: "fast", fits: () => true }];
  const kinds = chosen("--fault", flags.fault, fault_kinds) as FaultKind[];
  const fits = ({ backend, isolation }: Cell): boolean =>
    flags.isolation !== undefined || isUsualLevel(backend, isolation);
  const disturb = { kinds, times: times_a_cell };
  const named = flags.strategy !== undefined;
  const durable = named ? selection : await only(usual_strategies, selection);
  const all: Pass[] = [{ selection: durable, settings: "durable", disturb, fits }];
  if (kinds.includes("kill") && !named) {
    const forgetful = await only(forgettable_strategies, selection);
    const alone = forgetful.suites.filter(({ servers }) => servers.length === 1);
    all.push({
      selection: { ...forgetful, suites: alone },
      settings: "fast",
      disturb: { ...disturb, kinds: ["kill"] },
      fits,
    });
  }
  return all;
}

/** One line on what is left out. */
export function leftOut(flags: Flags): string | undefined {
  if (flags.fault === undefined) return undefined;
  const parts = [
    ...(flags.strategy === undefined ? ["a few correct strategies (others: --strategy)"] : []),
    ...(flags.isolation === undefined ? ["each server's default level (others: --isolation)"] : []),
  ];
  return parts.length === 0 ? undefined : `faults: ${parts.join(", at ")}`;
}

async function only(names: readonly string[], selection: Selection): Promise<Selection> {
  const strategies = new Set(names.filter((name) => selection.strategies.has(name)));
  const of_suites = await Promise.all(selection.suites.map((suite) => suite.names()));
  const suites = selection.suites.filter((_, i) =>
    of_suites[i]!.some((name) => strategies.has(name)),
  );
  return { ...selection, suites, strategies };
}
