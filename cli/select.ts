import type { Isolation } from "../backends/backend.ts";
import { short_level } from "../reports/matrix.ts";
import { type ServerKind, server_kinds } from "../servers/server.ts";
import { type CounterSuite, suites } from "../suites/counter/suites.ts";
import { BadUsage, chosen } from "./bad-usage.ts";

/** What of the matrix is to be run, and where its servers come from. */
export interface Selection {
  readonly suites: readonly CounterSuite[];
  readonly strategies: ReadonlySet<string>;
  readonly isolations: ReadonlySet<Isolation>;
  readonly servers: ReadonlyMap<ServerKind, string>;
}

const levels = Object.keys(short_level) as Isolation[];

/** @throws BadUsage for a name that there is not, with those that there are */
export async function select(flags: {
  readonly backend?: string;
  readonly strategy?: string;
  readonly isolation?: string;
  readonly server: readonly string[];
}): Promise<Selection> {
  const of_backends = suitesOf(flags.backend);
  const names = await Promise.all(of_backends.map((suite) => suite.names()));
  const strategies = new Set(chosen("--strategy", flags.strategy, [...new Set(names.flat())]));
  return {
    suites: of_backends.filter((_, i) => names[i]!.some((name) => strategies.has(name))),
    strategies,
    isolations: isolations(flags.isolation),
    servers: serverSources(flags.server),
  };
}

/** Without a flag all that run by default; `all` is really all. */
function suitesOf(flag: string | undefined): CounterSuite[] {
  if (flag === undefined) return suites.filter((suite) => !suite.only_by_name);
  if (flag === "all") return [...suites];
  const backends = suites.map((suite) => suite.backend);
  const wanted = new Set(chosen("--backend", flag, backends));
  return suites.filter((suite) => wanted.has(suite.backend));
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

/** Where each server is to come from, out of `mysql=local` and the like. */
export function serverSources(flags: readonly string[]): Map<ServerKind, string> {
  return new Map(
    flags.map((flag) => {
      const [name, ...rest] = flag.split("=");
      const kind = server_kinds.find((kind) => kind === name);
      const where = rest.join("=");
      if (kind === undefined || where === "")
        throw new BadUsage(
          `--server takes KIND=local, KIND=container or KIND=URL with a KIND of ${server_kinds.join(", ")}, not "${flag}".`,
        );
      return [kind, where];
    }),
  );
}
