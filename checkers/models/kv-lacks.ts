import type { Call } from "../model.ts";

/** About how many appends it takes to get texts observed: kv.ts gives the search this hint. */
export class Lacks {
  readonly calls: readonly Call[];
  /** By call: the place of the text that it observed in `#texts`, or -1. */
  readonly #rank: Int32Array;
  readonly #texts: readonly string[];
  /** The length of an append, on average. */
  readonly #length: number;

  constructor(calls: readonly Call[], textOf: (given: unknown) => string) {
    this.calls = calls;
    const observed = calls.map(({ f, output }) => (f === "get" ? textOf(output ?? "") : undefined));
    this.#texts = [...new Set(observed.filter((each) => each !== undefined))].sort();
    const ranks = new Map(this.#texts.map((text, rank) => [text, rank]));
    this.#rank = Int32Array.from(observed, (text) => (text === undefined ? -1 : ranks.get(text)!));
    const appended = calls.filter(({ f }) => f === "append").map(({ input }) => textOf(input));
    const letters = appended.reduce((sum, { length }) => sum + length, 0);
    this.#length = Math.max(1, letters / Math.max(1, appended.length));
  }

  /**
   * Texts that begin others are observed on the way to those. All others need a put and appends of their own, except
   * the first one that begins with `state`.
   */
  count(state: string | null | undefined, observations: readonly number[]): number {
    const ranks = Int32Array.from(observations, (each) => this.#rank[each]!).sort();
    let reached = state === undefined ? undefined : (state ?? "");
    let letters = 0;
    let puts = 0;
    for (const [index, rank] of ranks.entries()) {
      const text = this.#texts[rank]!;
      const next = ranks[index + 1];
      if (next === rank || (next !== undefined && this.#texts[next]!.startsWith(text))) continue;
      letters += text.length;
      puts++;
      if (reached === undefined || !text.startsWith(reached)) continue;
      letters -= reached.length;
      puts--;
      reached = undefined;
    }
    return puts + letters / this.#length;
  }
}
