/** What a result was put together from, and where its parts were not measured with the same versions. */
import type { Part, Shard } from "../campaign/part.ts";
import type { CellResult } from "../matrix/result.ts";

interface Results {
  readonly cells: readonly CellResult[];
  readonly shard?: Shard;
  readonly parts?: readonly Part[];
}

/** No sentence for a result that one run made. */
export function partsText({ cells, parts = [], shard }: Results): string[] {
  if (shard !== undefined)
    return [
      `This is shard ${shard.number} of ${shard.of}: ${cells.length} of ${shard.whole.flat().length} cells. raceproof merge puts the shards together.`,
    ];
  if (parts.length === 0) return [];
  const versions = [
    differing(
      "raceproof",
      parts.map((part) => [part.raceproof, part.name] as const),
    ),
    differing(
      "Node",
      parts.map((part) => [part.node, part.name] as const),
    ),
    ...[...new Set(cells.map(({ backend }) => backend))].map((name) =>
      differing(
        name,
        cells
          .filter(({ backend }) => backend === name)
          .map(({ server, part = "" }) => [productOf(server), part] as const),
      ),
    ),
  ].flat();
  const names = parts
    .map(({ name, cells, searches = 0 }) =>
      searches === 0
        ? `${name} (${cells})`
        : `${name} (${cells}, and ${searches} parts of searches)`,
    )
    .join(", ");
  return [
    `Put together from ${parts.length} ${parts.length === 1 ? "part" : "parts"}, with so many cells: ${names}.`,
    ...(versions.length === 0
      ? []
      : [`Not all was measured with the same versions: ${versions.join("; ")}.`]),
  ];
}

/** A server may be told with its settings. */
const productOf = (server: string): string => server.replace(/, fast settings.*/, "");

/** Which parts had which version, if there is more than one. */
function differing(what: string, had: readonly (readonly [string, string])[]): string[] {
  const by_version = new Map<string, Set<string>>();
  for (const [version, part] of had)
    by_version.set(version, (by_version.get(version) ?? new Set()).add(part));
  if (by_version.size < 2) return [];
  const all = [...by_version].map(([version, names]) => `${version} (${[...names].join(", ")})`);
  return [`${what} ${all.join(" and ")}`];
}
