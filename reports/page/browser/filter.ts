import type { Sign } from "../../signs.ts";
import type { PageCell } from "../page-data.ts";

/** Which cells of the matrix are shown: those for which all of these hold. Nothing chosen = all. */
export interface Filter {
  words: string;
  readonly signs: Set<Sign>;
  readonly backends: Set<string>;
  readonly workloads: Set<string>;
  /** Only what differs from its promise. */
  different: boolean;
  /** Only what differs from the run before. */
  changed: boolean;
}

export const noFilter = (): Filter => ({
  words: "",
  signs: new Set(),
  backends: new Set(),
  workloads: new Set(),
  different: false,
  changed: false,
});

export function isShown(cell: PageCell, filter: Filter): boolean {
  const { signs, backends, workloads, different, changed } = filter;
  const allows = <T>(set: ReadonlySet<T>, value: T): boolean => set.size === 0 || set.has(value);
  return (
    allows(signs, cell.sign) &&
    allows(backends, cell.backend) &&
    allows(workloads, cell.workload) &&
    (!different || cell.conclusion !== "as declared") &&
    (!changed || cell.before !== undefined) &&
    hasWords(cell, filter.words)
  );
}

/**
 * Whether all words occur anywhere: in the cell's names, its results, or the statements and sentences of its
 * stories.
 */
function hasWords(cell: PageCell, words: string): boolean {
  const text = textOf(cell);
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const texts = new WeakMap<PageCell, string>();

function textOf(cell: PageCell): string {
  let text = texts.get(cell);
  if (text === undefined) {
    const stories = cell.explored.flatMap(({ story }) =>
      story ? [story.sentence, ...story.steps.map(({ statement }) => statement)] : [],
    );
    const { workload, backend, server, way, level, word } = cell;
    text = [workload, backend, server, way, level?.name, level?.short, word, ...stories]
      .join("\n")
      .toLowerCase();
    texts.set(cell, text);
  }
  return text;
}
