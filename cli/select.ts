import type { Isolation } from "../backends/backend.ts";
import { type BackendEntry, backends } from "../matrix/backends.ts";
import { strategyNames } from "../matrix/open-backend.ts";
import type { Suite } from "../matrix/suite.ts";
import { short_level } from "../reports/matrix.ts";
import { type ServerKind, server_kinds } from "../servers/server.ts";
import { suites } from "../suites/suites.ts";
import { BadUsage, chosen } from "./bad-usage.ts";
import { missingPackage } from "./missing-package.ts";

/** What of the matrix is to be run, and where its servers come from. */
export interface Selection {
  readonly backends: readonly BackendEntry[];
  readonly suites: readonly Suite[];
  /** Whether a strategy of a workload is to be run. */
  readonly includes: (workload: string, strategy: string) => boolean;
  readonly isolations: ReadonlySet<Isolation>;
  readonly servers: ReadonlyMap<ServerKind, string>;
}

export interface SelectionFlags {
  readonly backend?: string;
  readonly workload?: string;
  readonly strategy?: string;
  readonly isolation?: string;
  readonly server: readonly string[];
}

const levels = Object.keys(short_level) as Isolation[];

/** @throws BadUsage for an unknown name; it lists the known ones */
export async function select(flags: SelectionFlags): Promise<Selection> {
  const named = backendsOf(flags.backend);
  const workloads = chosen(
    "--workload",
    flags.workload,
    suites.map(({ workload }) => workload.name),
  );
  const of_workloads = suites.filter(({ workload }) => workloads.includes(workload.name));
  const names = await namesOn(named, of_workloads);
  const strategies = new Set(chosen("--strategy", flags.strategy, [...new Set(names.flat())]));
  return only(
    {
      backends: named,
      suites: of_workloads,
      includes: (_, strategy) => strategies.has(strategy),
      isolations: isolations(flags.isolation),
      servers: serverSources(flags.server),
    },
    () => true,
  );
}

/** The selection with only the wanted strategies. Backends that have none of them are left out. */
export async function only(
  selection: Selection,
  isWanted: (workload: Suite["workload"], strategy: string) => boolean,
): Promise<Selection> {
  const wanted = new Set<string>();
  const left: BackendEntry[] = [];
  for (const backend of selection.backends) {
    let has_some = false;
    for (const suite of selection.suites) {
      const names = await namesIfInstalled(suite, backend);
      // A backend whose driver is missing stays in: the run then says that it was not run, and why.
      if (names === undefined) has_some = true;
      for (const strategy of names ?? []) {
        const { workload } = suite;
        if (!selection.includes(workload.name, strategy) || !isWanted(workload, strategy)) continue;
        wanted.add(`${workload.name} ${strategy}`);
        has_some = true;
      }
    }
    if (has_some) left.push(backend);
  }
  const includes = (workload: string, strategy: string): boolean =>
    wanted.has(`${workload} ${strategy}`);
  return { ...selection, backends: left, includes };
}

async function namesOn(
  backends: readonly BackendEntry[],
  suites: readonly Suite[],
): Promise<string[][]> {
  const pairs = backends.flatMap((backend) =>
    suites.map(async (suite) => (await namesIfInstalled(suite, backend)) ?? []),
  );
  return Promise.all(pairs);
}

/** The strategies of a workload on a backend; undefined where the driver that they import is not installed. */
async function namesIfInstalled(
  suite: Suite,
  backend: BackendEntry,
): Promise<string[] | undefined> {
  try {
    return await strategyNames(suite, backend);
  } catch (error) {
    if (missingPackage(error) === undefined) throw error;
    return undefined;
  }
}

/** Without the flag, all backends that run by default; `all` means every backend. */
function backendsOf(flag: string | undefined): BackendEntry[] {
  if (flag === undefined) return backends.filter((backend) => !backend.only_by_name);
  if (flag === "all") return [...backends];
  const names = backends.map((backend) => backend.name);
  const wanted = new Set(chosen("--backend", flag, names));
  return backends.filter((backend) => wanted.has(backend.name));
}

function isolations(flag: string | undefined): Set<Isolation> {
  const words = chosen("--isolation", flag?.replaceAll("-", " "), [
    ...levels,
    ...Object.values(short_level),
  ]);
  return new Set(
    levels.filter((level) => words.includes(level) || words.includes(short_level[level])),
  );
}

/** Reads where each server is to come from: `mysql=local` and the like. */
export function serverSources(flags: readonly string[]): Map<ServerKind, string> {
  return new Map(
    flags.map((flag) => {
      const [name, ...rest] = flag.split("=");
      const kind = server_kinds.find((kind) => kind === name);
      const where = rest.join("=");
      if (kind === undefined || where === "")
        throw new BadUsage(
          `--server takes KIND=local, KIND=container or KIND=URL with a KIND of ${server_kinds.join(", ")}` +
            // Any other text may be a URL with a password, so it is not shown.
            (/^[\w-]+$/.test(name!) ? `, not ${name}.` : "."),
        );
      return [kind, where];
    }),
  );
}
