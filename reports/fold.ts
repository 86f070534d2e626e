/** One line of a table of steps: which client, and what it did. */
export interface Line {
  readonly client: number;
  readonly text: string;
}

/** Longer loops are not looked for. */
const longest_loop = 8;
/** Twice is not a loop yet. */
const fewest_rounds = 3;
/** Of a very long table, only this many lines are shown at the beginning and at the end. */
const kept_at_each_end = 60;

/** Shows a polling loop once, with the number of rounds, and leaves out the middle of a very long table. */
export function folded(lines: readonly Line[]): readonly Line[] {
  const told: Line[] = [];
  for (let at = 0; at < lines.length; ) {
    const loop = loopAt(lines, at);
    const rounds = loop === 0 ? 1 : roundsOf(lines, at, loop);
    const length = Math.max(1, loop);
    told.push(...lines.slice(at, at + length));
    if (loop > 0) {
      const { client } = lines[at] as Line;
      const what = loop === 1 ? "the same" : `these ${loop} steps`;
      told.push({ client, text: `… ${what} ${rounds - 1} times more` });
    }
    at += length * rounds;
  }
  return middleLeftOut(told);
}

/** Length of the shortest loop that begins here; 0 = none. */
function loopAt(lines: readonly Line[], at: number): number {
  for (let length = 1; length <= longest_loop; length++) {
    if (roundsOf(lines, at, length) >= fewest_rounds) return length;
  }
  return 0;
}

function roundsOf(lines: readonly Line[], at: number, length: number): number {
  const isRepeated = (i: number): boolean => {
    const [one, other] = [lines[i], lines[i + length]];
    return one !== undefined && one.client === other?.client && one.text === other.text;
  };
  let same = 0;
  while (isRepeated(at + same)) same++;
  return 1 + Math.floor(same / length);
}

function middleLeftOut(lines: readonly Line[]): readonly Line[] {
  const left_out = lines.length - 2 * kept_at_each_end;
  if (left_out <= 1) return lines;
  const [begin, end] = [lines.slice(0, kept_at_each_end), lines.slice(-kept_at_each_end)];
  const { client } = lines[kept_at_each_end] as Line;
  return [...begin, { client, text: `… ${left_out} lines left out …` }, ...end];
}
