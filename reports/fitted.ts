/** Text for a terminal of some width: prose is broken at words; drawings, code and commands stay as they are. */
import { stripVTControlCharacters } from "node:util";

/** @param width in columns */
export function fitted(text: string, width: number): string {
  let is_command = false;
  return text
    .split("\n")
    .flatMap((line) => {
      const stays = is_command || lengthOf(line) <= width || isDrawn(line);
      if (is_command || begins_command.test(line)) is_command = is_command !== opensQuote(line);
      return stays ? [line] : broken(line, width);
    })
    .join("\n");
}

/** A command to be copied, whose arguments may have several lines. */
const begins_command = /^ {2}(raceproof|npx|npm|\w+=')/;

const opensQuote = (line: string): boolean =>
  line.replaceAll("'\\''", "").split("'").length % 2 === 0;

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
