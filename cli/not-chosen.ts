import { backends } from "../matrix/backends.ts";
import { strategyNames } from "../matrix/open-backend.ts";
import type { NotRun } from "../reports/summary.ts";
import type { Found } from "./run-pass.ts";
import type { Selection } from "./select.ts";

interface Flags {
  readonly backend?: string;
  readonly fault?: string;
  readonly strategy?: string;
}

/**
 * Backends that the user named, but of which nothing ran and for which no reason is given yet: they have none of the
 * chosen strategies. So no named backend is dropped in silence.
 * @param selection as it was before strategies were left out for faults
 * @param elsewhere cells of other parts of the run
 */
export async function notChosen(
  flags: Flags,
  { suites }: Pick<Selection, "suites">,
  { cells, not_run }: Found,
  elsewhere: readonly { readonly backend: string }[] = [],
): Promise<NotRun[]> {
  const named = (flags.backend ?? "").toLowerCase().split(",");
  const told = new Set([...cells, ...not_run, ...elsewhere].map(({ backend }) => backend));
  const silent = backends.filter(
    ({ name, or = [] }) => named.includes(name) && ![name, ...or].some((one) => told.has(one)),
  );
  const why =
    flags.fault !== undefined && flags.strategy === undefined
      ? "With --fault only a few strategies run unless --strategy names them, and none of those is on it"
      : "None of the strategies and levels that were chosen is on it";
  return Promise.all(
    silent.map(async (entry) => {
      const names = await Promise.all(suites.map((suite) => strategyNames(suite, entry)));
      const all = [...new Set(names.flat())];
      const has = all.length === 0 ? "no strategy of these workloads" : all.join(", ");
      return { backend: entry.name, state: "not run", reason: `${why}: it has ${has}.` } as const;
    }),
  );
}
