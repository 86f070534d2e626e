import { didYouMean } from "./did-you-mean.ts";

/** Something on the command line, or in its environment, is wrong: one sentence, exit code 2. */
export class BadUsage extends Error {
  override readonly name = "BadUsage";
}

/** Reads a whole number, `least` or more. @throws BadUsage */
export function wholeNumber(flag: string, text: string, least: number): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number) || number < least)
    throw new BadUsage(`${flag} takes a whole number from ${least} on, not "${text}".`);
  return number;
}

/** The choices in a comma-separated list. @throws BadUsage that names all that exist */
export function chosen(flag: string, text: string | undefined, from: readonly string[]): string[] {
  if (text === undefined) return [...from];
  return text.split(",").map((word) => {
    const found = from.find((choice) => choice.toLowerCase() === word.trim().toLowerCase());
    if (found === undefined)
      throw new BadUsage(
        `${flag}: there is no "${word}"${didYouMean(word, from)}; choose from ${from.join(", ")}.`,
      );
    return found;
  });
}
