/** Text in columns side by side, with a line between them and no border: readable also where colours are not. */
import Table from "cli-table3";

const no_border =
  "top top-mid top-left top-right mid mid-mid left left-mid right right-mid bottom bottom-mid bottom-left bottom-right";
const chars = {
  ...Object.fromEntries(no_border.split(" ").map((part) => [part, ""])),
  middle: " │ ",
};

/**
 * @param widths of the columns, in characters; longer text is wrapped at words
 * @param heads are underlined
 */
export function inColumns(
  widths: readonly number[],
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const table = new Table({
    chars,
    colWidths: [...widths],
    wordWrap: true,
    style: { head: [], border: [], compact: true, "padding-left": 0, "padding-right": 0 },
  });
  const underlined = widths.map((width) => "─".repeat(width));
  for (const row of [heads, underlined, ...rows]) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "")
    .join("\n");
}
