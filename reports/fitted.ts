/** Text for a terminal of some width: prose is broken at words; drawings, code and commands stay as they are. */
import { stripVTControlCharacters } from "node:util";

/** @param width in columns */
export function fitted(text: string, width: number): string {
  return text
    .split("\n")
    .flatMap((line) => (lengthOf(line) <= width || isDrawn(line) ? [line] : broken(line, width)))
    .join("\n");
}

const lengthOf = (text: string): number => stripVTControlCharacters(text).length;

/** A table, or what begins with spaces: code, a stack, a command to be copied. */
const isDrawn = (line: string): boolean => /[│─]/.test(line) || /^( {2}|> )/.test(line);

function broken(line: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && lengthOf(last) + 1 + lengthOf(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
