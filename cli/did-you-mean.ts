/** What somebody probably meant who typed a word that there is not. */

/** More letters than this share of the word are no slip of a finger. */
const wrong_share_max = 0.4;
const wrong_max = 3;

/** @returns ` (Did you mean junit?)`, as commander says it about flags; empty if no word is near */
export function didYouMean(typed: string, words: readonly string[]): string {
  const word = typed.trim().toLowerCase();
  const [nearest] = words
    .map((known) => ({ known, wrong: changes(word, known.toLowerCase()) }))
    .filter(({ known, wrong }) => {
      const length = Math.max(word.length, known.length);
      return word.length > 1 && wrong <= Math.min(wrong_max, wrong_share_max * length);
    })
    .sort((a, b) => a.wrong - b.wrong);
  return nearest ? ` (Did you mean ${nearest.known}?)` : "";
}

/** How many letters were left out, put in, changed, or swapped with the next one. */
function changes(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const is_same = one[i - 1] === other[j - 1];
      const is_swapped =
        i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      row[j] = Math.min(
        rows[i - 1]![j]! + 1,
        row[j - 1]! + 1,
        rows[i - 1]![j - 1]! + (is_same ? 0 : 1),
        is_swapped ? rows[i - 2]![j - 2]! + 1 : Infinity,
      );
    }
    rows.push(row);
  }
  return rows.at(-1)!.at(-1)!;
}
