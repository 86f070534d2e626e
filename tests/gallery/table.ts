import { repairInWords } from "../../reports/repairs.ts";
import type { Judged, Said } from "./judge.ts";

/** A table in Markdown, and the sums under it. */
export function galleryTable(judged: readonly Judged[]): string {
  const rows = judged.map(({ where, name, racy, repaired }) => [
    where,
    name,
    inWords(racy),
    inWords(repaired),
    mendedBy(racy),
  ]);
  const found = judged.filter(({ racy }) => racy.said === "race").length;
  const alarms = judged.filter(({ repaired }) => repaired.said === "race").length;
  const proved = judged.filter(({ repaired }) => repaired.said === "proof").length;
  const mended = judged.filter(({ racy }) => racy.proved.length > 0).length;
  const share = Math.round((100 * mended) / judged.length);
  const slowest_ms = Math.max(
    0,
    ...judged.flatMap((one) => [one.racy.took_ms, one.repaired.took_ms]),
  );
  return [
    ...aligned(["database", "program", "racy", "repaired", "repairs proved on the wire"], rows),
    "",
    `Of ${judged.length} racy programs ${found} were found; of the repaired ones ${alarms} were reported, and ${proved} proved. The slowest took ${(slowest_ms / 1000).toFixed(1)} s.`,
    "",
    `For ${mended} of the racy programs (${share} %) one of the repairs tried on the wire was proved.`,
  ].join("\n");
}

/** As the formatter of this repository wants it. */
function aligned(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, i) => Math.max(...[head, ...rows].map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)];
}

const mendedBy = ({ proved }: Said): string =>
  proved.length > 0 ? proved.map(repairInWords).join("; ") : "none";

const inWords = ({ said, took_ms }: Said): string => `${said}, ${(took_ms / 1000).toFixed(1)} s`;
