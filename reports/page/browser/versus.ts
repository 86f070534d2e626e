/** Two databases side by side: the ways that both have, at the same levels, and where they differ. */
import type { PageCell, PageData } from "../page-data.ts";

/** One way at one level, on both. */
interface Pair {
  readonly level: string;
  readonly cells: readonly [PageCell, PageCell];
  readonly differs: boolean;
}

interface SharedWay {
  readonly workload: string;
  readonly way: string;
  readonly pairs: readonly Pair[];
}

export interface Versus {
  readonly shared: readonly SharedWay[];
  /** Ways that only one of them has: the first cell of each. */
  readonly only: readonly [readonly PageCell[], readonly PageCell[]];
}

export function versus({ cells }: PageData, names: readonly [string, string]): Versus {
  const [a, b] = [byWay(cells, names[0]), byWay(cells, names[1])];
  const shared = [...a].flatMap(([key, of_a]) => {
    const of_b = b.get(key);
    if (of_b === undefined) return [];
    const { workload, way } = of_a[0]!;
    return [{ workload, way, pairs: pairsOf(of_a, of_b) }];
  });
  const only = (mine: typeof a, others: typeof a): PageCell[] =>
    [...mine].flatMap(([key, [cell]]) => (cell && !others.has(key) ? [cell] : []));
  return { shared, only: [only(a, b), only(b, a)] };
}

/** A way with its workload → its cells on this database. */
function byWay(cells: readonly PageCell[], backend: string): Map<string, PageCell[]> {
  const found = new Map<string, PageCell[]>();
  for (const cell of cells) {
    if (cell.backend !== backend) continue;
    const key = `${cell.workload}\n${cell.way}`;
    found.set(key, [...(found.get(key) ?? []), cell]);
  }
  return found;
}

/** A database without levels has the same result at each level of the other one. */
function pairsOf(of_a: readonly PageCell[], of_b: readonly PageCell[]): Pair[] {
  const nameOf = ({ level }: PageCell): string => level?.short ?? "";
  const levels = new Set([...of_a, ...of_b].map(nameOf));
  if (levels.size > 1) levels.delete("");
  return [...levels].flatMap((level) => {
    const at = (cells: readonly PageCell[]): PageCell | undefined =>
      cells.find((cell) => nameOf(cell) === level) ?? cells.find((cell) => nameOf(cell) === "");
    const [a, b] = [at(of_a), at(of_b)];
    if (a === undefined || b === undefined) return [];
    return [{ level, cells: [a, b] as const, differs: differ(a, b) }];
  });
}

/** Errors have other codes on each database: whether some must try again counts, not with which code. */
const differ = (a: PageCell, b: PageCell): boolean =>
  a.sign !== b.sign || (a.sign !== "retry" && a.word !== b.word);
