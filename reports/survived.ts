/** What loads under faults came to: for each server, its faults, and whether what it had acknowledged outlived them. */
import Table from "cli-table3";
import { taken_back } from "../checkers/taken-back.ts";
import type { CellResult, LoadResult } from "../matrix/result.ts";
import { groups } from "./groups.ts";

type Disturbed = CellResult & { readonly load: LoadResult };

/** A table with a row for each server, and sentences; nothing if no server suffered a fault. */
export function survived(cells: readonly CellResult[]): string[] {
  const disturbed = cells.filter((cell): cell is Disturbed => cell.load?.faults !== undefined);
  if (disturbed.length === 0) return [];
  const loads = disturbed.map(({ load }) => load);
  const kinds = kindsOf(disturbed);
  const faults = kinds.map((kind) => `${kind} ×${sum(loads, ({ faults }) => faults?.[kind])}`);
  const kept = disturbed
    .filter(
      ({ declared: { shows = [], when = {} } }) => [...shows, ...Object.keys(when)].length === 0,
    )
    .map(({ load }) => load);
  const acknowledged = sum(kept, (load) => load.acknowledged);
  const back = kept.filter(({ anomaly }) => anomaly === taken_back).length;
  const broken = kept.filter(({ verdict }) => verdict.verdict === "invalid").length - back;
  return [
    table(disturbed, kinds),
    `Faults survived: ${faults.join(", ")}. ${acknowledged} operations were acknowledged in ${kept.length} cells ` +
      `that promise to outlive them; ${broken === 0 ? "none" : broken} of these broke its promise.`,
    ...(back === 0 ? [] : [`${back} of them: ${taken_back}. ${shown_too_early}`]),
  ];
}

const shown_too_early =
  "MySQL and MariaDB show a commit to readers before it is on disk, so a crash may take it back; nothing that was acknowledged is lost.";

function table(cells: readonly Disturbed[], kinds: readonly string[]): string {
  const figures = [...new Set(cells.flatMap(({ load }) => Object.keys(load.figures)))];
  const head = ["server", "cells", ...kinds, "acknowledged", ...figures, "unknown"];
  const align: ("left" | "right")[] = head.map((_, i) => (i === 0 ? "left" : "right"));
  const rows = new Table({
    head,
    colAligns: align,
    style: { head: [], border: [], compact: true },
  });
  for (const [server, of_server] of groups(cells, ({ server }) => server)) {
    const loads = of_server.map(({ load }) => load);
    const numbers = [
      loads.length,
      ...kinds.map((kind) => sum(loads, ({ faults }) => faults?.[kind])),
      sum(loads, (load) => load.acknowledged),
      ...figures.map((figure) => sum(loads, (load) => load.figures[figure])),
      sum(loads, ({ unknown }) => Object.values(unknown).reduce((all, one) => all + one, 0)),
    ];
    rows.push([server, ...numbers.map(String)]);
  }
  return rows.toString();
}

const kindsOf = (cells: readonly Disturbed[]): string[] => [
  ...new Set(cells.flatMap(({ load }) => Object.keys(load.faults!))),
];

const sum = (
  loads: readonly LoadResult[],
  count: (load: LoadResult) => number | undefined,
): number => loads.reduce((all, load) => all + (count(load) ?? 0), 0);
