/** The lines around places in a program, with a mark at each: as vite and other tools show an error. */
import { readFileSync, statSync } from "node:fs";
import { relative } from "node:path";
import type { Source } from "../histories/source.ts";
import type { Excerpt } from "./excerpt.ts";
import { visible } from "./visible.ts";

/** Above and below a marked line. */
const context_lines = 2;
/** No program that people read is larger. */
const file_max_bytes = 4 * 2 ** 20;

/**
 * The lines around these places of one file.
 * @param made when the lines were noted: a file that was changed later has others
 * @returns undefined when it cannot be read, or lies outside of the folder we run in: a path may come from a statement
 */
export function excerptOf(
  sources: readonly [Source, ...Source[]],
  made: Date = new Date(),
): Excerpt | undefined {
  const [{ file }] = sources;
  const numbers = sources.map(({ line }) => line);
  const all = linesOf(file, made);
  const first = Math.max(1, Math.min(...numbers) - context_lines);
  const last = Math.max(...numbers);
  if (all === undefined || last > all.length) return undefined;
  const lines = all.slice(first - 1, last + context_lines).map((line) => line.trimEnd());
  while (first + lines.length - 1 > last && lines.at(-1) === "") lines.pop();
  return { first, lines };
}

function linesOf(file: string, made: Date): string[] | undefined {
  if (relative(process.cwd(), file).startsWith("..")) return undefined;
  try {
    const { size, mtime } = statSync(file);
    if (size > file_max_bytes || mtime > made) return undefined;
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return undefined;
  }
}

/**
 * The excerpt as text: numbers, `>` before the marked lines, a caret below each mark.
 * @param width in characters: a longer line is cut around its mark
 */
export function codeFrame(
  { first, lines }: Excerpt,
  sources: readonly Source[],
  width: number,
): string {
  const digits = String(first + lines.length - 1).length;
  const line_length_max = width - digits - "> ".length - " | ".length;
  const shown = lines.flatMap((line, i) => {
    const number = first + i;
    const marks = sources.filter((source) => source.line === number);
    const columns = [...new Set(marks.map(({ column }) => column))].sort((a, b) => a - b);
    const from = Math.max(0, Math.min((columns[0] ?? 1) - 20, line.length - line_length_max));
    const part = visible(line.slice(from, from + line_length_max)).replaceAll("\t", " ");
    const text = `${marks.length > 0 ? ">" : " "} ${String(number).padStart(digits)} | ${part}`;
    if (marks.length === 0) return [text];
    const carets = columns.reduce((row, column) => `${row.padEnd(column - 1 - from)}^`, "");
    return [text, `  ${" ".repeat(digits)} | ${carets}`];
  });
  return shown.map((line) => line.trimEnd()).join("\n");
}

/** Sources in groups whose excerpts touch: one frame shows a group. */
export function together(sources: readonly Source[]): [Source, ...Source[]][] {
  const groups: [Source, ...Source[]][] = [];
  for (const source of sources) {
    const near = groups.find((group) =>
      group.some(
        ({ file, line }) =>
          file === source.file && Math.abs(line - source.line) <= 2 * context_lines + 1,
      ),
    );
    if (near) near.push(source);
    else groups.push([source]);
  }
  return groups;
}
